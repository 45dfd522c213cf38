using System.Globalization;
using System.Text;
using PSIpc.Layout;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Every offset, size and alignment against the machine's own C compiler.</summary>
public sealed class LayoutCompilerTests
{
    private const int Seed = 20240607;
    private const int FileCount = 5;
    private const int DeclarationsPerFile = 300;

    private const string Headers = """
        #include <stdbool.h>
        #include <stddef.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <sys/types.h>
        #include <time.h>

        """;

    public static TheoryData<int> Files => [.. Enumerable.Range(0, FileCount)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_random_declaration_lies_in_memory_as_the_compiler_has_it(int file)
    {
        var generator = new DeclarationGenerator(Seed + file);
        Declaration[] declarations = [.. Enumerable.Range(0, DeclarationsPerFile).Select(generator.Next)];
        List<(string Expression, long Value)> expected = [.. declarations.SelectMany(Expectations)];
        var text = new StringBuilder(Headers);
        text.AppendJoin('\n', declarations.Select(declaration => declaration.Text));
        text.Append("static const unsigned long values[] = {\n").AppendJoin(",\n", expected.Select(item => item.Expression)).Append("};\n");
        text.Append(
            "int main(void)\n{\n    for (size_t i = 0; i < sizeof values / sizeof *values; i++) printf(\"%lu\\n\", values[i]);\n}\n");
        string program = CProgram.CompileText(string.Create(CultureInfo.InvariantCulture, $"layouts{file}"), text.ToString());

        ProcessResult result = await ChildProcess.RunAsync(program, []);

        string[] actual = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Count, actual.Length);
        string? wrong = expected.Zip(actual, (item, value) =>
            item.Value == long.Parse(value, CultureInfo.InvariantCulture)
                ? null
                : $"{item.Expression} is {value} in C, and {item.Value} here").FirstOrDefault(line => line is not null);
        Assert.True(
            wrong is null,
            wrong is null
                ? ""
                : $"{wrong}\n{declarations.First(declaration => wrong.Contains($"({declaration.Type},", StringComparison.Ordinal) || wrong.Contains($"({declaration.Type})", StringComparison.Ordinal)).Text}");
    }

    private static IEnumerable<(string Expression, long Value)> Expectations(Declaration declaration)
    {
        MemoryLayout layout = MemoryLayout.Parse(declaration.Text);
        Assert.Equal(declaration.FieldCount, layout.Fields.Length);
        return
        [
            ($"sizeof({declaration.Type})", layout.Size),
            ($"_Alignof({declaration.Type})", layout.Alignment),
            .. Fields(declaration.Type, layout, "", 0),
        ];
    }

    private static IEnumerable<(string Expression, long Value)> Fields(string type, MemoryLayout layout, string path, int offset) =>
        layout.Fields.SelectMany(field =>
        {
            string name = path + field.Name;
            string element = name + string.Concat(
                field.Dimensions.Select(length => string.Create(CultureInfo.InvariantCulture, $"[{length - 1}]")));
            int last = offset + field.Offset + field.Size - (
                field.Size / field.Dimensions.Aggregate(1, (product, length) => product * length));
            IEnumerable<(string, long)> own =
            [
                ($"offsetof({type}, {name})", offset + field.Offset),
                ($"sizeof((({type} *)0)->{name})", field.Size),
            ];
            return field.Layout is null ? own : own.Concat(Fields(type, field.Layout, element + ".", last));
        });
}
