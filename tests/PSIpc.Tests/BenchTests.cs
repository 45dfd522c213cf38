using System.Xml.Linq;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>
/// The bench's quick form: whether each row comes to a figure or names the peer that is missing. How fast it is, is no matter here.
/// </summary>
public sealed class BenchTests
{
    private static readonly string[] Rows =
    [
        "read-view", "write-view", "read-name", "write-name", "read-key", "write-key",
        "read-name-floor", "write-name-floor", "read-key-floor", "write-key-floor",
        .. from peer in new[] { "mmf", "perl", "python" }
           from row in new[] { "read", "write", "read-many", "write-many" }
           select $"{row}-{peer}",
        "write-large", "read-large", "layout-python", "layout-marshal", "list",
        .. from shape in new[] { "64x1", "64x64", "64x1000", "64Kx1" }
           from row in new[] { "", "-p99", "-asyncio", "-fork", "-socat", "-ncat" }
           select $"echo-{shape}{row}",
        "connect-epoll", "connect-fork", "idle-memory", "load-64x1", "load-64x64", "load-64x1000", "load-64Kx1", "send",
        "import", "import-first-call", "import-manifest",
    ];

    private static readonly string[] Growths = ["growth-read", "growth-list", "growth-echo"];

    private static string Bench
    {
        get
        {
            string own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            return Path.Combine(own, "..", "..", "PSIpc.Bench", Path.GetFileName(own), "PSIpc.Bench");
        }
    }

    [Fact]
    public async Task The_list_names_every_row()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bench measures on Linux.");

        ProcessResult result = await ChildProcess.RunAsync(Bench, ["--list"]);

        Assert.Equal([.. Rows, .. Growths], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A row of each kind, or in a thorough run the whole page.</summary>
    [Fact]
    public async Task The_quick_form_fills_every_row()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bench measures on Linux.");
        if (!TestTier.IsThorough)
        {
            ProcessResult some = await ChildProcess.RunAsync(Bench, ["--quick", "--only", "^(read-view|send)$"]);
            Assert.True(some.ExitCode == 0, some.Output + some.Error);
            Assert.Equal(2, some.Output.Split('\n').Count(line => line.Contains('`') && line.StartsWith('|')));
            return;
        }

        using var folder = new TemporaryFolder();

        ProcessResult result = await ChildProcess.RunAsync(
            Bench, ["--quick", "--write", folder.FullPath], patience: TimeSpan.FromMinutes(10));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        string page = await File.ReadAllTextAsync(folder.PathOf("benchmarks.md"), TestContext.Current.CancellationToken);
        string[][] table = [.. page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])];
        Assert.Equal(Rows, table.Select(cells => cells[0].Trim('`')));
        Assert.All(table, AssertMeasured);
        Assert.Contains("AttachReadDetach", page, StringComparison.Ordinal);
        Assert.All(Growths, name => AssertPlotted(page, folder, name));
    }

    [Theory]
    [InlineData("--slow")]
    [InlineData("--only")]
    [InlineData("--only", "(")]
    [InlineData("--only", "send", "--write")]
    [InlineData("--quick", "--write")]
    [InlineData("--only", "no-such-row")]
    public async Task Wrong_arguments_are_told(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bench measures on Linux.");

        ProcessResult result = await ChildProcess.RunAsync(Bench, (IEnumerable<string>)arguments);

        Assert.Equal(64, result.ExitCode);
        Assert.Contains("Try --", result.Error, StringComparison.Ordinal);
    }

    // Name, what, beside, PSIpc, peer, ratio, spread, goal, reached, allocated.
    private static void AssertMeasured(string[] cells)
    {
        string reached = cells[8];
        if (reached.StartsWith("missing: ", StringComparison.Ordinal))
        {
            Assert.True(IsMissing(reached.Split(' ')[1]) || cells[0] == "`echo-64x1000-ncat`", string.Join(" | ", cells));
            return;
        }

        Assert.All(cells[3..5], figure => Assert.Matches(@"^-?[\d.,]+ ?(ns|µs|ms|s|/s|GB/s|B)$", figure));
        Assert.Contains(reached, (string[])["yes", "no"]);
    }

    private static bool IsMissing(string program) =>
        Tool.Find(program) is null;

    private static void AssertPlotted(string page, TemporaryFolder folder, string name)
    {
        string plot = folder.PathOf($"{name}.svg");
        if (!File.Exists(plot))
        {
            Assert.True(IsMissing("cc") || IsMissing("ipcs"), $"No {name}.");
            return;
        }

        Assert.Contains($"({name}.svg)", page, StringComparison.Ordinal);
        Assert.Equal(2, XDocument.Load(plot).Descendants().Count(element => element.Name.LocalName == "polyline"));
    }
}
