using System.Text.RegularExpressions;
using PSIpc.TestSupport;

namespace PSIpc.Tests;

/// <summary>A part of a page: a parameter, an example, a type.</summary>
public sealed record HelpPart(string Title, string Text);

/// <summary>The help of a cmdlet as it is written, in the schema of Microsoft.PowerShell.PlatyPS.</summary>
public sealed partial class HelpPage
{
    private readonly Dictionary<string, string> _sections;

    private HelpPage(string name, string text)
    {
        Name = name;
        FrontMatter = text.Split("---\n")[1];
        _sections = Parts(text, "##").ToDictionary(part => part.Title, part => part.Text);
    }

    /// <summary>Where the pages are.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "docs", "en-US");

    /// <summary>The cmdlets that have a page.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.md").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    public string Name { get; }

    public string FrontMatter { get; }

    public string Synopsis => _sections["SYNOPSIS"];

    public string Description => _sections["DESCRIPTION"];

    public string Notes => _sections["NOTES"];

    public HelpPart[] Syntax => Parts(_sections["SYNTAX"], "###");

    public HelpPart[] Examples => Parts(_sections["EXAMPLES"], "###");

    /// <summary>The parameters, each with its text and its metadata.</summary>
    public HelpPart[] Parameters => [.. Parts(_sections["PARAMETERS"], "###").Where(part => part.Title.StartsWith('-'))];

    public HelpPart[] Inputs => Parts(_sections["INPUTS"], "###");

    public HelpPart[] Outputs => Parts(_sections["OUTPUTS"], "###");

    /// <summary>The links, each with its address.</summary>
    public HelpPart[] Links => [.. Link().Matches(_sections["RELATED LINKS"])
        .Select(match => new HelpPart(match.Groups["text"].Value, match.Groups["address"].Value))];

    public static HelpPage Read(string name) => new(name, File.ReadAllText(Path.Combine(Folder, $"{name}.md")).ReplaceLineEndings("\n"));

    private static HelpPart[] Parts(string text, string level) =>
        [.. Regex.Matches(
            text, $@"^{level} (?<title>[^\n]*)\n(?<text>.*?)(?=^{level} |\z)", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(match => new HelpPart(match.Groups["title"].Value, match.Groups["text"].Value.Trim()))];

    [GeneratedRegex(@"^- \[(?<text>.*?)\]\((?<address>.*?)\)$", RegexOptions.Multiline)]
    private static partial Regex Link();
}
