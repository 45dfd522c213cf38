using System.Globalization;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>A script may go through any number of layouts: the process lives, and its memory does not grow with them.</summary>
public sealed class ManyLayoutsTests
{
    private const string Child = "PSIPC_TEST_MANY_LAYOUTS";
    private const long MaximumGrowth = 50 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(TestTier.Choose(test: 2, ci: 5, soak: 60));

    // In a process of its own: what this guards against ends the process, and other tests have memory too.
    [Fact]
    public async Task Different_nested_layouts_take_no_more_memory()
    {
        if (Environment.GetEnvironmentVariable(Child) is not null)
        {
            ReadMany(TestTier.Choose(test: 1_000, ci: 10_000, soak: 100_000));
            return;
        }

        ProcessResult result = await ChildProcess.RunAsync(
            Environment.ProcessPath!,
            ["-method", $"{typeof(ManyLayoutsTests).FullName}.{nameof(Different_nested_layouts_take_no_more_memory)}"],
            environment: new Dictionary<string, string?> { [Child] = "1" },
            patience: Patience);

        Assert.True(result.ExitCode == 0, $"{result.ExitCode}\n{result.Output}\n{result.Error}");
    }

    [Fact]
    public void Types_of_structs_are_in_the_assembly_of_the_layouts_own_type()
    {
        for (int i = 0; i < 300; i++)
        {
            Type type = RecordType.Of(Layout(i)).Type;
            Type inner = type.GetProperty("s")!.PropertyType;
            Type innermost = inner.GetProperty("t")!.PropertyType.GetElementType()!;

            Assert.Same(type.Assembly, inner.Assembly);
            Assert.Same(type.Assembly, innermost.Assembly);
            Assert.Equal("a", innermost.GetProperties()[1].Name);
        }
    }

    private static MemoryLayout Layout(int i) => MemoryLayout.Parse(string.Create(
        CultureInfo.InvariantCulture,
        $"struct {{ struct {{ int c{i}, a; }} t[2]; }} s; union {{ int x{i}; struct {{ char b; }} u; }}; struct {{ int always; }} v;"));

    private static void ReadMany(int count)
    {
        Read(0);
        long before = Environment.WorkingSet;
        for (int i = 1; i <= count; i++)
        {
            Read(i);
            long growth = Environment.WorkingSet - before;
            Assert.True(growth <= MaximumGrowth, $"After {i} layouts the process has {growth >> 10} KB more.");
        }
    }

    private static void Read(int i)
    {
        MemoryLayout layout = Layout(i);
        string text = RecordType.Of(layout).Read(new byte[layout.Size]).ToString();
        Assert.StartsWith($"@{{s=@{{t={{@{{c{i}=0; a=0}}", text, StringComparison.Ordinal);
    }
}
