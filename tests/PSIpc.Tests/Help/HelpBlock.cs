using System.Text.RegularExpressions;

namespace PSIpc.Tests;

/// <summary>A fenced block of a help text: a program, or what it prints.</summary>
/// <param name="Section">The heading above it.</param>
/// <param name="Language"><c>powershell</c>, <c>c</c>, <c>perl</c>, <c>python</c>, <c>output</c>, …</param>
/// <param name="Text">Its lines, without the text's own indentation.</param>
public sealed partial record HelpBlock(string Section, string Language, string Text)
{
    /// <summary>The blocks of an about topic, whose headings are the lines that are not indented, or of a page's part.</summary>
    public static IReadOnlyList<HelpBlock> Read(string text)
    {
        var blocks = new List<HelpBlock>();
        foreach (Match match in Fence().Matches(text))
        {
            string indent = match.Groups["indent"].Value;
            string section = Heading().Matches(text[..match.Index]).LastOrDefault()?.Value ?? "";
            blocks.Add(new(section, match.Groups["language"].Value,
                Regex.Replace(match.Groups["text"].Value, $"^{indent}", "", RegexOptions.Multiline)));
        }

        return blocks;
    }

    /// <summary>All blocks of a language, one after the other.</summary>
    public static string Join(IEnumerable<HelpBlock> blocks, string language) =>
        string.Concat(blocks.Where(block => block.Language == language).Select(block => block.Text));

    [GeneratedRegex(@"^(?<indent> *)```(?<language>\w+)\n(?<text>.*?)^\k<indent>```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\S.*$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
