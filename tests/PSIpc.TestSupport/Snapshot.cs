using Xunit;

namespace PSIpc.TestSupport;

/// <summary>A text that is committed in <c>tests/Snapshots</c>, so that a change of it is a decision and shows in the diff.</summary>
public static class Snapshot
{
    private const string Variable = "PSIPC_UPDATE_SNAPSHOTS";

    /// <summary>
    /// Fails where the text differs from the committed one, or writes the text when the variable <c>PSIPC_UPDATE_SNAPSHOTS</c> is 1.
    /// </summary>
    /// <param name="name">The file in <c>tests/Snapshots</c>.</param>
    /// <param name="text">The text, with line feeds.</param>
    public static void Matches(string name, string text)
    {
        string path = PathOf(name);
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        string[] expected = Read(name);
        string[] actual = text.TrimEnd('\n').Split('\n');
        string changes = string.Concat(
            expected.Except(actual).Select(line => $"- {line}\n").Concat(actual.Except(expected).Select(line => $"+ {line}\n")));
        Assert.True(expected.SequenceEqual(actual), $"{name} differs. If that is intended, run the test with {Variable}=1.\n{changes}");
    }

    /// <summary>Returns the lines of the committed text, or none if it does not exist yet.</summary>
    /// <param name="name">The file in <c>tests/Snapshots</c>.</param>
    public static string[] Read(string name) => File.Exists(PathOf(name)) ? File.ReadAllLines(PathOf(name)) : [];

    private static string PathOf(string name) => Path.Combine(Repository.Root, "tests", "Snapshots", name);
}
