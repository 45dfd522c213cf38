using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The help says what there is, all of it, and Get-Help finds it.</summary>
public sealed partial class HelpTests : IDisposable
{
    private readonly Engine _engine = new();

    public static TheoryData<string> Pages => [.. HelpPage.Names];

    public static TheoryData<string> Topics => [.. HelpTopic.Names];

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet() => Assert.Equal(
        Text("Get-Command -Module PSIpc | ForEach-Object Name").Order(StringComparer.Ordinal), HelpPage.Names);

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_is_complete(string name)
    {
        var page = HelpPage.Read(name);

        Assert.Contains($"title: {name}\n", page.FrontMatter, StringComparison.Ordinal);
        Assert.Contains("external help file: PSIpc.dll-Help.xml\n", page.FrontMatter, StringComparison.Ordinal);
        Assert.Contains("Module Name: PSIpc\n", page.FrontMatter, StringComparison.Ordinal);
        Assert.Contains("PlatyPS schema version: 2024-05-01\n", page.FrontMatter, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", File.ReadAllText(Path.Combine(HelpPage.Folder, $"{name}.md")), StringComparison.Ordinal);
        Assert.True(page.Examples.Length >= 2, "A cmdlet has two examples at least.");
        Assert.All(page.Examples, (example, index) => Assert.StartsWith($"Example {index + 1}: ", example.Title, StringComparison.Ordinal));
        Assert.NotEmpty(page.Inputs);
        Assert.NotEmpty(page.Outputs);
        Assert.NotEmpty(page.Links);
        Assert.All(
            [page.Synopsis, page.Description, page.Notes, .. page.Inputs.Concat(page.Outputs).Select(part => part.Text),
                .. page.Parameters.Select(Prose)],
            text => Assert.True(text.EndsWith('.') || text.EndsWith("`.", StringComparison.Ordinal), $"No sentence: {text}"));
        Assert.All(
            page.Links.Where(link => !link.Text.StartsWith("https://", StringComparison.Ordinal)),
            link => Assert.True(File.Exists(Path.Combine(HelpPage.Folder, link.Text)), $"{link.Text} is not there."));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_agrees_with_the_parameters(string name)
    {
        var page = HelpPage.Read(name);
        CommandInfo command = Command(name);
        ParameterMetadata[] parameters = [.. command.Parameters.Values.Where(parameter => IsOwn(parameter.Name))
            .OrderBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase)];

        Assert.Equal(parameters.Select(parameter => $"-{parameter.Name}"), page.Parameters.Select(part => part.Title));
        Assert.All(parameters.Zip(page.Parameters), pair => Assert.Equal(
            Metadata(pair.First), OwnLines().Replace(Assert.Single(HelpBlock.Read(pair.Second.Text)).Text, "")));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_agrees_with_the_defaults(string name)
    {
        var command = (CmdletInfo)Command(name);
        using var cmdlet = (IDisposable)Activator.CreateInstance(command.ImplementingType)!;
        foreach (HelpPart part in HelpPage.Read(name).Parameters)
        {
            ParameterMetadata parameter = command.Parameters[part.Title[1..]];
            string documented = Default().Match(part.Text).Groups["default"].Value;
            PropertyInfo? property = cmdlet.GetType().GetProperty(parameter.Name);
            string actual = parameter.ParameterSets.Values.All(set => set.IsMandatory) && !parameter.SwitchParameter ? "''"
                : property?.GetValue(cmdlet) switch
                {
                    null => property is null ? "False" : "None",
                    Encoding => "utf8NoBOM",
                    SwitchParameter given => $"{given.IsPresent}",
                    var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
                };

            // Fewer where the process may not open as many descriptors.
            if (parameter.Name != "MaxConnection" || int.Parse(actual, CultureInfo.InvariantCulture) >= 16384)
            {
                Assert.Equal($"{part.Title}: {actual}", $"{part.Title}: {documented}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_agrees_with_the_syntax_and_the_outputs(string name)
    {
        var page = HelpPage.Read(name);
        CommandInfo command = Command(name);

        Assert.Equal(
            command.ParameterSets.Select(set => $"{set.Name}{(set.IsDefault && set.Name != ParameterAttribute.AllParameterSets ? " (Default)" : "")}: {name} {Syntax(set)}"),
            page.Syntax.Select(set => $"{set.Title}: {Line(set.Text.Trim('`'))}"));
        Assert.Equal(Text($"(Get-Command {name}).OutputType | ForEach-Object Name").DefaultIfEmpty("None"),
            page.Outputs.Select(output => output.Title));
        Assert.Equal(
            command.Parameters.Values.Where(
                parameter => parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline || set.ValueFromPipelineByPropertyName))
                .Select(parameter => $"{parameter.ParameterType}".Replace("[]", "", StringComparison.Ordinal)).Distinct()
                    .DefaultIfEmpty("None").Order(StringComparer.Ordinal),
            page.Inputs.Select(input => input.Title.Replace("[]", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    /// <summary>The MAML is made of the pages by <c>build.ps1 -Task Docs</c>; one that is stale does not say the same.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Get_Help_says_what_the_page_says(string name)
    {
        var page = HelpPage.Read(name);
        string[] expected =
        [
            $"name {name}",
            $"synopsis {page.Synopsis}",
            $"description {page.Description}",
            .. page.Syntax.Select(set => $"syntax {name} {string.Join(' ', SyntaxName().Matches(set.Text).Select(match => match.Value))}"),
            .. page.Parameters.Select(parameter => $"parameter {parameter.Title[1..]} "
                + $"{Default().Match(parameter.Text).Groups["default"].Value.Trim('\'')} {Prose(parameter)}"),
            .. page.Examples.Select(example => $"example --------- {example.Title} --------- {example.Text}"),
            .. page.Inputs.Select(input => $"input {input.Title} {input.Text}"),
            .. page.Outputs.Select(output => $"output {output.Title} {output.Text}"),
            $"notes {page.Notes}",
            .. page.Links.Select(
                link => $"link {link.Title} {(link.Text.StartsWith("https://", StringComparison.Ordinal) ? link.Text : "")}"),
        ];
        _engine.SetVariable("name", name);

        string[] actual = Text("""
            $help = Get-Help $name -Full
            function Join($paragraphs) { @($paragraphs).ForEach{ $_.Text } -join "`n`n" }
            "name $($help.Name)"
            "synopsis $($help.Synopsis)"
            "description $(Join $help.description)"
            foreach ($item in $help.syntax.syntaxItem) { "syntax $($item.name) $(@($item.parameter).ForEach{ $_.name })" }
            foreach ($parameter in $help.parameters.parameter) { "parameter $($parameter.name) $($parameter.defaultValue) $(Join $parameter.description)" }
            foreach ($example in $help.examples.example) { "example $($example.title) $(Join $example.introduction)" }
            foreach ($input_ in $help.inputTypes.inputType) { "input $($input_.type.name) $(Join $input_.description)" }
            foreach ($output in $help.returnValues.returnValue) { "output $($output.type.name) $(Join $output.description)" }
            "notes $(Join $help.alertSet.alert)"
            foreach ($link in $help.relatedLinks.navigationLink) { "link $($link.linkText) $($link.uri)" }
            """);

        Assert.Equal(expected.Select(Line), actual.Select(Line));
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Get_Help_finds_the_topic(string name)
    {
        string text = HelpTopic.Read(name);
        _engine.SetVariable("name", name);

        Assert.Equal([text.TrimEnd()], Text("(Get-Help $name | ForEach-Object { \"$_\" }).Replace(\"`r\", '').TrimEnd()"));
        Assert.Equal(
            [text.Split('\n')[4].Trim()], Text("Get-Help $name* | Where-Object Name -EQ $name | ForEach-Object { $_.Synopsis.Trim() }"));
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, $"Over 80 columns: {line}"));
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        Assert.All(
            SeeAlso().Match(text).Groups["name"].Captures.Select(capture => capture.Value),
            other => Assert.True(HelpTopic.Names.Contains(other) || HelpPage.Names.Contains(other), $"{other} is not there."));
    }

    [Fact]
    public void Every_topic_that_is_named_is_there()
    {
        IEnumerable<string> files = new[] { "src", "docs", "en-US", "examples" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
            .Where(path => Path.GetExtension(path) is ".cs" or ".md" or ".txt" or ".ps1" or ".ps1xml")
            .Append(Path.Combine(Repository.Root, "README.md"));
        string[] named = [.. files.SelectMany(path => TopicName().Matches(File.ReadAllText(path)).Select(match => match.Value)).Distinct()
            .Order(StringComparer.Ordinal)];

        Assert.Equal(HelpTopic.Names, named);
    }

    [Theory]
    [InlineData("ko_KR.UTF-8")]
    [InlineData("de_CH.UTF-8")]
    [InlineData("en_GB.UTF-8")]
    [InlineData("C")]
    public async Task Help_in_another_culture_is_the_help_that_there_is(string locale)
    {
        ProcessResult result = await ChildProcess.RunAsync(
            Pwsh.Path,
            Pwsh.Command("(Get-Help Wait-SharedMemory).Synopsis; Get-Help about_PSIpc_CI"),
            environment: new Dictionary<string, string?> { ["LC_ALL"] = locale });

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(Line($"{HelpPage.Read("Wait-SharedMemory").Synopsis} {HelpTopic.Read("about_PSIpc_CI")}"), Line(result.Output));
    }

    private CommandInfo Command(string name) => (CommandInfo)Assert.Single(_engine.Invoke($"Get-Command {name}").Output).BaseObject;

    private string[] Text(string script)
    {
        EngineResult result = _engine.Invoke(script);
        Assert.Empty(result.Errors);
        return result.Text;
    }

    private static bool IsOwn(string parameter) => !Cmdlet.CommonParameters.Contains(parameter);

    private static string Prose(HelpPart parameter) => parameter.Text.Split("```yaml")[0].Trim();

    private static string Line(string text) => Whitespace().Replace(text, " ").Trim();

    // As PlatyPS writes it.
    private static string Metadata(ParameterMetadata parameter)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Type: {parameter.ParameterType}\n");
        text.Append(parameter.Aliases.Count == 0 ? "Aliases: []\n"
            : $"Aliases:\n{string.Concat(parameter.Aliases.Select(alias => $"- {alias}\n"))}");
        text.Append("ParameterSets:\n");
        foreach ((string name, ParameterSetMetadata set) in parameter.ParameterSets)
        {
            text.Append(CultureInfo.InvariantCulture, $"- Name: {(name == ParameterAttribute.AllParameterSets ? "(All)" : name)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Position: {(set.Position < 0 ? "Named" : set.Position)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  IsRequired: {Lower(set.IsMandatory)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  ValueFromPipeline: {Lower(set.ValueFromPipeline)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  ValueFromPipelineByPropertyName: {Lower(set.ValueFromPipelineByPropertyName)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  ValueFromRemainingArguments: {Lower(set.ValueFromRemainingArguments)}\n");
        }

        return text.Append("DontShow: false\nAcceptedValues: []\nHelpMessage: ''\n").ToString();
    }

    private static string Lower(bool value) => value ? "true" : "false";

    // Get-Command -Syntax in the order of a page: by position, then what is mandatory, then the others.
    private static string Syntax(CommandParameterSetInfo set) => string.Join(' ', set.Parameters
        .Where(parameter => IsOwn(parameter.Name))
        .OrderBy(parameter => parameter.Position >= 0 ? parameter.Position : parameter.IsMandatory ? int.MaxValue - 1 : int.MaxValue)
        .Select(Syntax)
        .Append("[<CommonParameters>]"));

    private static string Syntax(CommandParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(SwitchParameter))
        {
            return parameter.IsMandatory ? $"-{parameter.Name}" : $"[-{parameter.Name}]";
        }

        string name = parameter.Position >= 0 ? $"[-{parameter.Name}]" : $"-{parameter.Name}";
        string type = $"{name} <{TypeName(Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType)}>";
        return parameter.IsMandatory ? type : $"[{type}]";
    }

    private static string TypeName(Type type) =>
        type == typeof(object) ? "Object" : LanguagePrimitives.ConvertTo<string>(type).Split('.')[^1];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    // What the engine does not know.
    [GeneratedRegex(@"^(DefaultValue|SupportsWildcards): .*\n", RegexOptions.Multiline)]
    private static partial Regex OwnLines();

    [GeneratedRegex("^DefaultValue: (?<default>.*)$", RegexOptions.Multiline)]
    private static partial Regex Default();

    [GeneratedRegex(@"(?<=[ \[]-)\w+")]
    private static partial Regex SyntaxName();

    [GeneratedRegex(@"^SEE ALSO\n(?:    (?<name>\S+)\n)+\z", RegexOptions.Multiline)]
    private static partial Regex SeeAlso();

    [GeneratedRegex(@"about_PSIpc\w*")]
    private static partial Regex TopicName();
}
