using PSIpc.TestSupport;

namespace PSIpc.Tests;

/// <summary>The about topics, which are their own source.</summary>
public static class HelpTopic
{
    private const string Extension = ".help.txt";

    private static readonly string Folder = Path.Combine(Repository.Root, "en-US");

    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, $"*{Extension}").Select(path => Path.GetFileName(path)[..^Extension.Length])
            .Order(StringComparer.Ordinal);

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name + Extension)).ReplaceLineEndings("\n");
}
