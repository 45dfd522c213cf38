using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The sizes of source files. A file that is too long has too many subjects.</summary>
public sealed class SourceTests
{
    private const int MostColumns = 140;
    private const int MostLines = 500;
    private const int MostFiles = 200;

    [Fact]
    public void Source_lines_have_at_most_140_columns() => AssertNone(
        Sources("src").SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (line.Length, Place: $"{file}:{index + 1}"))
            .Where(line => line.Length > MostColumns)
            .Select(line => $"{line.Place} has {line.Length} columns")));

    [Fact]
    public void Source_files_have_at_most_500_lines() => AssertNone(
        Sources("src")
            .Select(file => (Path: file, Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > MostLines)
            .Select(file => $"{file.Path} has {file.Lines} lines"));

    [Fact]
    public void Source_has_at_most_200_files() => Assert.InRange(Sources("src").Length, 1, MostFiles);

    // One text, which a failure shows completely.
    private static void AssertNone(IEnumerable<string> findings) =>
        Assert.True(!findings.Any(), string.Join(Environment.NewLine, findings));

    private static string[] Sources(string directory) =>
        Directory.GetFiles(Path.Combine(Repository.Root, directory), "*.cs", SearchOption.AllDirectories);
}
