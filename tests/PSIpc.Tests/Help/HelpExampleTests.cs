using System.Globalization;
using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>Every example of the help runs, and prints what the help says.</summary>
public sealed partial class HelpExampleTests : SharedMemoryCommandTests
{
    private const string Interop = "about_PSIpc_Interop";

    private readonly string _port = TestAddress.FreePort().ToString(CultureInfo.InvariantCulture);

    public static TheoryData<string> Pages => [.. HelpPage.Names];

    public static TheoryData<string> Topics => [.. HelpTopic.Names.Where(name => name != Interop)];

    public static TheoryData<string, int> Programs =>
        [.. HelpTopic.Names.Where(name => name != Interop).SelectMany(name => HelpBlock.Read(HelpTopic.Read(name))
            .Select((block, index) => (block, index))
            .Where(item => item.block.Language is "c")
            .Select(item => new TheoryDataRow<string, int>(name, item.index)))];

    public static TheoryData<string, string> Counterparts =>
        [.. HelpBlock.Read(HelpTopic.Read(Interop)).Select(block => block.Section).Distinct()
            .SelectMany(
                section => new[] { "c", "perl", "python" }, (section, language) => new TheoryDataRow<string, string>(section, language))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_examples_of_a_page_run(string page) =>
        await Run([.. HelpPage.Read(page).Examples.SelectMany(example => HelpBlock.Read(example.Text))]);

    [Theory]
    [MemberData(nameof(Topics))]
    public async Task The_blocks_of_a_topic_run(string topic) => await Run(HelpBlock.Read(HelpTopic.Read(topic)));

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_program_of_a_topic_runs(string topic, int index)
    {
        IReadOnlyList<HelpBlock> blocks = HelpBlock.Read(HelpTopic.Read(topic));

        ProcessResult result = await ChildProcess.RunAsync(CProgram.CompileText("topic", blocks[index].Text), []);

        Assert.Equal("output", blocks[index + 1].Language);
        Assert.Equal(new ProcessResult(0, blocks[index + 1].Text, ""), result);
    }

    /// <summary>What stands before the counterparts runs first; where nothing does, the counterpart waits for what comes after.</summary>
    [Theory]
    [MemberData(nameof(Counterparts))]
    public async Task A_counterpart_understands_PowerShell(string section, string language)
    {
        HelpBlock[] blocks = [.. HelpBlock.Read(HelpTopic.Read(Interop)).Where(block => block.Section == section)];
        HelpBlock program = Assert.Single(blocks, block => block.Language == language);
        int first = Array.FindIndex(blocks, block => block.Language is not "powershell");
        int said = Array.FindIndex(blocks, block => block.Language == "output");
        using var folder = new TemporaryFolder();
        if (first > 0)
        {
            Text(Own(HelpBlock.Join(blocks[..first], "powershell")));
        }

        await using ChildProcess peer = Start(language, Own(program.Text), folder);
        if (first > 0)
        {
            Assert.Equal(new ProcessResult(0, Own(blocks[said].Text), ""), await peer.WaitForExitAsync());
        }

        string[] output = Text(Own(HelpBlock.Join(blocks[said..], "powershell")));

        Assert.Equal(Own(HelpBlock.Join(blocks[(said + 1)..], "output")), string.Concat(output.Select(line => $"{line}\n")));
        Assert.Equal(new ProcessResult(0, Own(blocks[said].Text), ""), await peer.WaitForExitAsync());
        NothingIsLeft();
    }

    private static ChildProcess Start(string language, string text, TemporaryFolder folder) => language switch
    {
        "c" => ChildProcess.Start(CProgram.CompileText("counterpart", text), []),
        "perl" => ChildProcess.Start(Tool.Require("perl", "perl"), [folder.Write("peer.pl", text)]),
        _ => ChildProcess.Start(Tool.Require("python3", "python3"), [folder.Write("peer.py", text)]),
    };

    /// <summary>
    /// Runs the PowerShell blocks in one process, each in a scope of its own, and compares what each wrote with the output block
    /// behind it.
    /// </summary>
    private async Task Run(IReadOnlyList<HelpBlock> blocks)
    {
        int[] scripts = [.. Enumerable.Range(0, blocks.Count).Where(index => blocks[index].Language == "powershell")];
        const string Next = "--- the next block ---";

        ProcessResult result = await ChildProcess.RunAsync(
            Pwsh.Path,
            [
                "-NoProfile", "-NonInteractive", "-Command",
                $"$env:PSModulePath = '{Repository.Modules}' + [IO.Path]::PathSeparator + $env:PSModulePath\n"
                + string.Concat(scripts.Select(index => $"& {{\n{Own(blocks[index].Text)}}}\n'{Next}'\n")),
            ]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            scripts.Select(index => index + 1 < blocks.Count && blocks[index + 1].Language == "output" ? Own(blocks[index + 1].Text) : ""),
            Masked(result.Output).Split($"{Next}\n")[..^1]);
        NothingIsLeft();
    }

    // The help's own addresses could be somebody else's on this machine, or those of the next test.
    private string Own(string text) => text
        .Replace("1234", Convert.ToInt32(Key, 16).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("0x000004d2", Key, StringComparison.Ordinal)
        .Replace("0x4d2", Key, StringComparison.Ordinal)
        .Replace("frames", Name, StringComparison.Ordinal)
        .Replace("7007", _port, StringComparison.Ordinal);

    // Process ids are the one thing that differs from run to run.
    private static string Masked(string output) => ProcessNumber().Replace(output, "4711");

    private void NothingIsLeft() => Assert.Equal(
        ["0"], Text("@(Get-SharedMemory | Where-Object { $_.Key -eq [int] $key -or $_.Name -like \"$name*\" }).Count"));

    [GeneratedRegex(@"(?<=process )\d+")]
    private static partial Regex ProcessNumber();
}
