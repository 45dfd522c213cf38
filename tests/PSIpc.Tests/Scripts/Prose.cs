using System.Text.RegularExpressions;
using PSIpc.TestSupport;

namespace PSIpc.Tests;

/// <summary>A text of the repository without its code.</summary>
/// <param name="File">The file, relative to the repository.</param>
/// <param name="Line">The line at which it begins, from 1.</param>
/// <param name="Text">The words. Inline code is replaced by <see cref="Code"/>.</param>
internal sealed partial record Prose(string File, int Line, string Text)
{
    /// <summary>The word that replaces inline code.</summary>
    internal const string Code = "Code";

    // Spaces between the words of a literal: a shorter one is a name, a path, or a format.
    private const int SentenceSpaces = 2;

    // It has the words that it forbids.
    private const string Guide = "docs/contributing/style.md";

    private static readonly string[] Folders = ["docs", "en-US", "examples", "src", "tests"];

    /// <summary>Gets the paths of all files with prose, relative to the repository.</summary>
    internal static string[] Files { get; } =
    [
        .. Directory.GetFiles(Repository.Root)
            .Concat(Folders.SelectMany(
                folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => path != Guide && Path.GetExtension(path) is ".md" or ".txt" or ".cs" or ".c" or ".ps1")
            .Where(path => !path.StartsWith("tests/", StringComparison.Ordinal) || Path.GetExtension(path) is ".cs" or ".ps1")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Gets whether this is from the help.</summary>
    internal bool IsHelp => File.StartsWith("docs/en-US/", StringComparison.Ordinal) || File.StartsWith("en-US/", StringComparison.Ordinal);

    /// <summary>Reads the paragraphs, comments, literals, and names of tests of a file.</summary>
    /// <param name="file">The file, relative to the repository.</param>
    internal static IEnumerable<Prose> Read(string file)
    {
        string text = System.IO.File.ReadAllText(Path.Combine(Repository.Root, file)).ReplaceLineEndings("\n");
        return Path.GetExtension(file) switch
        {
            ".cs" or ".c" => ReadCode(file, text, hasLiterals: file.StartsWith("src/", StringComparison.Ordinal)),
            ".ps1" => ReadScript(file, text),
            _ => ReadDocument(file, text),
        };
    }

    private static IEnumerable<Prose> ReadDocument(string file, string text)
    {
        string[] lines = text.Split('\n');
        bool isCode = false;
        bool isFrontMatter = lines[0] == "---";
        var paragraph = new List<string>();
        int first = 0;
        for (int i = 0; i <= lines.Length; i++)
        {
            string line = i < lines.Length ? lines[i].Trim() : "";
            bool isFence = line.StartsWith("```", StringComparison.Ordinal);
            bool isText = !isFence && !isCode && !isFrontMatter && line is not ("" or "---") && line[0] is not ('#' or '|');
            if (paragraph.Count > 0 && (!isText || ListItem().IsMatch(line)))
            {
                yield return Create(file, first, string.Join('\n', paragraph));
                paragraph.Clear();
            }

            if (isText)
            {
                first = paragraph.Count == 0 ? i + 1 : first;
                paragraph.Add(line);
            }
            else if (line is ['#' or '|', ..] && !isCode && !isFrontMatter)
            {
                yield return Create(file, i + 1, line);
            }

            isCode ^= isFence;
            isFrontMatter &= i == 0 || line != "---";
        }
    }

    private static IEnumerable<Prose> ReadCode(string file, string text, bool hasLiterals)
    {
        foreach (Match match in CodeToken().Matches(text))
        {
            if (match.Groups["comment"] is { Success: true } comment)
            {
                string words = CommentMark().Replace(XmlCode().Replace(comment.Value, Code), "");
                yield return Create(file, LineOf(text, match), XmlTag().Replace(words, ""));
            }
            else if (hasLiterals && match.Groups["literal"] is { Success: true } literal
                && literal.Value.Count(char.IsWhiteSpace) >= SentenceSpaces)
            {
                yield return Create(file, LineOf(text, match), Hole().Replace(literal.Value, Code));
            }
        }
    }

    private static IEnumerable<Prose> ReadScript(string file, string text) =>
        ScriptToken().Matches(text).Where(match => match.Groups["words"].Success)
            .Select(match => Create(file, LineOf(text, match), match.Groups["words"].Value));

    private static Prose Create(string file, int line, string text) => new(file, line, InlineCode().Replace(text, Code).Trim());

    private static int LineOf(string text, Match match) => 1 + text.AsSpan(0, match.Index).Count('\n');

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"^([-*]|\d+\.) ")]
    private static partial Regex ListItem();

    // Comments on lines that follow each other are one text.
    [GeneratedRegex("""
        (?<comment>//[^\n]*(\n[ ]*//[^\n]*)*|/\*.*?\*/)|\$*(?<quotes>"{3,})(?<literal>.*?)\k<quotes>|\$?@\$?"(?<literal>([^"]|"")*)"|\$?"(?<literal>(\\.|[^"\\\n])*)"|'(\\.|[^'\\\n])'
        """, RegexOptions.Singleline)]
    private static partial Regex CodeToken();

    [GeneratedRegex(@"^\s*(///?|/\*+|\*/?)", RegexOptions.Multiline)]
    private static partial Regex CommentMark();

    [GeneratedRegex("<c>.*?</c>|<code>.*?</code>|<(see|paramref|typeparamref)(ref)?[^>]*/>", RegexOptions.Singleline)]
    private static partial Regex XmlCode();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex XmlTag();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Hole();

    // Comments, and the names that Pester reports; the other literals are code of the tests.
    [GeneratedRegex("""
        <\#(?<words>.*?)\#>|(?<=^|\s)\#(?<words>[^\n]*)|\b(Describe|Context|It)\ (['"])(?<words>[^\n]*?)\1|@(['"])\n.*?\n\2@|'([^']|'')*'|"(`.|[^"`])*"
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ScriptToken();
}
