using System.Globalization;
using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The rules of <c>docs/contributing/style.md</c> that a program can check.</summary>
/// <remarks>
/// The baseline <c>tests/Snapshots/Style.txt</c> has the findings for each rule and file. It may only become shorter: correct a new
/// finding instead of adding it. <c>PSIPC_UPDATE_SNAPSHOTS=1</c> writes the baseline after corrections and after a file was renamed.
/// </remarks>
public sealed partial class StyleTests
{
    private const string Baseline = "Style.txt";
    private const int LongestSentence = 25;
    private const int LongestTestName = 70;
    private const int HelpColumns = 80;
    private const int DocumentColumns = 100;

    private static readonly (string Rule, Regex Words, string Advice)[] WordRules =
    [
        Word("alone", "alone", "Put 'only' before the word that it limits."),
        Word("British spelling", """
            \w*(?:serialis|normalis|optimis|initialis|recognis|organis|summaris|synchronis|utilis|authoris|minimis|maximis|specialis|generalis)\w+
            |\w*(?:behaviour|colour|favour|neighbour|honour)\w*|cancelled|cancelling|signalled|signalling|labelled|modelled|travelled
            |centre|centred|licence|catalogue|grey|whilst|fulfil|analyse[sd]?
            """, "Use US spelling."),
        Word("came back", "(?:came|comes|come) back", "Use 'reply' or 'returned'."),
        Word("folder", "folders?", "Use 'directory'."),
        Word("for ever", "for ever|anew", "Use 'forever', 'indefinitely', or 'again'."),
        Word("gives", "gives|gave", "Use 'returns', 'outputs', or 'provides'."),
        Word("gives back", "(?:give|gives|gave|given|giving|hand|hands|handed) (?:it |them )?back", "Use 'release' or 'detach'."),
        Word("has its turn", "(?:have|has|had) (?:its|their|his) turns?|in (?:its|their) turn", "Use 'continues with the next'."),
        Word("ID", "(?-i:ids?)", "Use 'ID'."),
        Word("is no", @"(?<!\bthere )(?:is|are) no(?! longer)(?! more than)", "Use 'isn't a'."),
        Word("is the error", "(?:is|are) (?:the|an) errors?", "Use 'fails with'."),
        Word("means something", "means (?:something|nothing)", "Name what it means."),
        Word("nobody", "nobody|somebody|anybody|no one|someone|whoever", "Name the actor."),
        Word("personification", "(?:knows?|wants?|learns?|tells?|told|says?|said) (?:it|that|what|how|who|whether|where|of|so)",
            "Objects do not know or say."),
        Word("shared memory", "a shared memory(?! object| segment| section| address| lock| cmdlet| view)|shared memories",
            "Name the segment, object, or section."),
        Word("time-out", "time-outs?", "Use 'timeout'."),
        Word("units", "[KMGT]iB", "Use KB, MB, or GB."),
        Word("unless given", "unless (?:one is |it is )?given", "Use 'The default is …'."),
    ];

    [Fact]
    public void Style_has_no_more_findings_than_the_baseline()
    {
        Finding[] findings = [.. Prose.Files.SelectMany(FindingsOf)];
        string[] counts =
        [
            .. findings.GroupBy(finding => (finding.Rule, finding.File))
                .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key.Rule}\t{group.Key.File}\t{group.Count()}"))
                .Order(StringComparer.Ordinal),
        ];
        HashSet<string> accepted = [.. Snapshot.Read(Baseline)];
        HashSet<string> changed = [.. counts.Where(count => !accepted.Contains(count)).Select(count => count[..count.LastIndexOf('\t')])];
        foreach (Finding finding in findings.Where(finding => changed.Contains($"{finding.Rule}\t{finding.File}")))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{finding.File}:{finding.Line}: {finding.Rule}: {finding.Text}");
        }

        Snapshot.Matches(Baseline, string.Join('\n', counts) + "\n");
    }

    [Theory]
    [InlineData("It sends 4 KiB.", "units")]
    [InlineData("The colours are for people.", "British spelling")]
    [InlineData("It waits for ever.", "for ever")]
    [InlineData("It shows the process id.", "ID")]
    [InlineData("This is the error X.", "is the error")]
    [InlineData("This is no directory.", "is no")]
    [InlineData("There is no directory, and the ID is no longer in use.", null)]
    [InlineData("First a; then b; then c.", "second semicolon")]
    [InlineData("First a; then b. Then c; and d.", null)]
    public void Word_rules_find_what_they_forbid(string text, string? rule) =>
        Assert.Equal(rule is null ? [] : [rule], FindingsOf(new Prose("README.md", 1, text)).Select(finding => finding.Rule));

    private static IEnumerable<Finding> FindingsOf(string file) =>
        [.. Prose.Read(file).SelectMany(FindingsOf), .. LongLines(file), .. LongTestNames(file)];

    private static IEnumerable<Finding> FindingsOf(Prose prose)
    {
        foreach ((string rule, Regex words, string advice) in WordRules)
        {
            foreach (Match match in words.Matches(prose.Text))
            {
                yield return Found(rule, match.Index, $"{match.Value}. {advice}");
            }
        }

        foreach (Match sentence in Sentence().Matches(prose.Text))
        {
            if (sentence.Value.Count(letter => letter == ';') > 1)
            {
                yield return Found("second semicolon", sentence.Index, sentence.Value);
            }

            if (prose.IsHelp && sentence.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length > LongestSentence)
            {
                yield return Found("long sentence", sentence.Index, sentence.Value);
            }
        }

        Finding Found(string rule, int index, string text) =>
            new(rule, prose.File, prose.Line + prose.Text.AsSpan(0, index).Count('\n'), text);
    }

    private static IEnumerable<Finding> LongLines(string file)
    {
        bool isHelp = new Prose(file, 1, "").IsHelp;
        if (!isHelp && !file.EndsWith(".md", StringComparison.Ordinal))
        {
            yield break;
        }

        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, file));
        bool isCode = false;
        for (int i = 0; i < lines.Length; i++)
        {
            // A row of a table, a link, and a command cannot be broken, except in the help.
            isCode ^= lines[i].StartsWith("```", StringComparison.Ordinal);
            bool canBreak = isHelp || !(isCode || lines[i].StartsWith('|') || lines[i].Contains("](", StringComparison.Ordinal));
            if (canBreak && lines[i].Length > (isHelp ? HelpColumns : DocumentColumns))
            {
                yield return new("columns", file, i + 1, lines[i]);
            }
        }
    }

    private static IEnumerable<Finding> LongTestNames(string file) => !file.StartsWith("tests/", StringComparison.Ordinal) ? [] :
        TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
            .Select(match => match.Groups[1].Value)
            .Where(name => name.Length > LongestTestName && name.Contains('_', StringComparison.Ordinal))
            .Select(name => new Finding("test name", file, 1, name));

    private static (string Rule, Regex Words, string Advice) Word(string rule, string words, string advice)
    {
        string pattern = string.Concat(words.Split('\n').Select(line => line.Trim()));
        return (rule, new Regex($@"\b(?:{pattern})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant), advice);
    }

    [GeneratedRegex(@".+?(?:[.!?](?=\s|$)|\z)", RegexOptions.Singleline)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex TestName();

    private sealed record Finding(string Rule, string File, int Line, string Text);
}
