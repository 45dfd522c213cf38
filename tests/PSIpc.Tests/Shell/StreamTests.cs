using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests.Shell;

public sealed class StreamTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Errors_go_to_the_standard_error_with_their_position_and_without_colours()
    {
        string script = _folder.Write("script.ps1", "'before'\nGet-Nothing\n'after'");

        ProcessResult result = await Psipc.RunAsync(script);

        Assert.Equal(Lines("before", "after"), result.Output);
        Assert.StartsWith($"Get-Nothing: {script}:2", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Error);
    }

    [Theory]
    [InlineData("throw 'the end'", "the end")]
    [InlineData("if (", "Missing condition")]
    [InlineData("1 +* 2", "You must provide a value expression")]
    public async Task What_ends_a_command_is_shown(string command, string message)
    {
        ProcessResult result = await Psipc.RunAsync("-c", command);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$ErrorActionPreference = 'Stop'; Read-SharedMemory -Name psipc-none")]
    [InlineData("Read-SharedMemory -Name psipc-none -ErrorAction Stop")]
    public async Task An_error_that_ends_a_script_names_its_cmdlet_and_its_place(string line)
    {
        string script = _folder.Write("script.ps1", $"'before'\n{line}\n'after'");

        ProcessResult result = await Psipc.RunAsync(script);

        Assert.Equal((1, Lines("before")), (result.ExitCode, result.Output));
        Assert.StartsWith($"Read-SharedMemory: {script}:2", result.Error, StringComparison.Ordinal);
        Assert.Contains("No shared memory object has the name 'psipc-none'.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Error);
    }

    [Fact]
    public async Task Wide_characters_leave_the_columns_of_a_table_in_line() => Assert.Equal(
        Lines("", "A      B", "-      -", "한국어 1", "x      2", ""),
        (await Psipc.RunAsync("-c", "[pscustomobject]@{ A = '한국어'; B = '1' }, [pscustomobject]@{ A = 'x'; B = '2' }")).Output);

    [Fact]
    public async Task The_other_streams_go_to_the_standard_output_under_their_names()
    {
        const string Command = """
            function Write-All {
                [CmdletBinding()] param()
                $PSCmdlet.WriteVerbose('v'); $PSCmdlet.WriteWarning('w'); $PSCmdlet.WriteDebug('d'); $PSCmdlet.WriteInformation('i', @())
                $PSCmdlet.WriteProgress([System.Management.Automation.ProgressRecord]::new(1, 'activity', 'status')); 'o'
            }
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'; Write-All
            """;

        ProcessResult result = await Psipc.RunAsync("-c", Command);

        Assert.Equal(new ProcessResult(0, Lines("VERBOSE: v", "WARNING: w", "DEBUG: d", "i", "o"), ""), result);
    }

    [Fact]
    public async Task A_table_fits_the_columns_and_has_no_colours()
    {
        const string Command = "[pscustomobject]@{ A = 'x' * 60; B = 'y' * 60 }";

        string wide = (await Psipc.RunAsync(["-c", Command], "", Columns("200"))).Output;
        string narrow = (await Psipc.RunAsync(["-c", Command], "", Columns(null))).Output;

        Assert.Contains(new string('y', 60), wide, StringComparison.Ordinal);
        Assert.All(narrow.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain('\e', wide + narrow);
    }

    [Fact]
    public async Task Input_gives_a_script_the_lines_of_the_standard_input()
    {
        string script = _folder.Write("script.ps1", "foreach ($line in $input) { \"<$line>\" }");

        ProcessResult result = await Psipc.RunAsync([script], "a\nb\n");

        Assert.Equal(Lines("<a>", "<b>"), result.Output);
    }

    /// <summary>The first line comes when the command has begun, long after psipc looked at its input, and the second when that one was seen.</summary>
    [Fact]
    public async Task Input_that_is_still_to_come_is_waited_for()
    {
        string begun = _folder.PathOf("begun");
        string seen = _folder.PathOf("seen");
        string command = $"begin {{ [IO.File]::WriteAllText('{begun}', '') }} process {{ [IO.File]::WriteAllText('{seen}', ''); \"<$_>\" }} end {{ $null = $input }}";

        ProcessResult result = await ChildProcess.RunAsync(
            "sh", ["-c", $"(until [ -e '{begun}' ]; do :; done; echo a; until [ -e '{seen}' ]; do :; done; echo b) | \"$0\" -c \"$1\"", Repository.Psipc, command], "");

        Assert.Equal(new ProcessResult(0, Lines("<a>", "<b>"), ""), result);
    }

    [Fact]
    public async Task A_command_reads_the_standard_input_itself()
    {
        ProcessResult result = await Psipc.RunAsync(["-c", "[Console]::In.ReadLine() + '!'; $Host.UI.ReadLine() + '?'"], "a\nb\n");

        Assert.Equal(Lines("a!", "b?"), result.Output);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("-Command", "-")]
    [InlineData("-File", "-")]
    [InlineData]
    public async Task The_standard_input_can_hold_the_commands(params string[] arguments)
    {
        ProcessResult result = await Psipc.RunAsync(arguments, "function Add($a, $b) {\n    $a + $b\n}\nAdd 1 2\nexit 9\n'never'\n");

        Assert.Equal(new ProcessResult(9, Lines("3"), ""), result);
    }

    [Fact]
    public async Task Commands_run_as_they_come()
    {
        await using ChildProcess child = Psipc.Start("-");

        await child.Input.WriteLineAsync("$x = 1; \"x is $x\"");
        await child.WaitForLineAsync("x is 1");
        await child.Input.WriteLineAsync("$x++; \"x is $x\"");
        await child.WaitForLineAsync("x is 2");
        child.Input.Close();

        Assert.Equal(0, (await child.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_question_takes_its_answer_from_the_standard_input()
    {
        ProcessResult result = await Psipc.RunAsync(["-c", Mandatory], "answer\n");

        Assert.EndsWith(Lines("got answer"), result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Mandatory, "mandatory")]
    [InlineData("$Host.UI.ReadLine()", "NonInteractive")]
    [InlineData("function Remove-It { [CmdletBinding(SupportsShouldProcess)] param() if ($PSCmdlet.ShouldProcess('it')) { 'gone' } }; Remove-It -Confirm", "NonInteractive")]
    public async Task A_question_is_an_error_when_nobody_can_be_asked(string command, string message)
    {
        ProcessResult result = await Psipc.RunAsync(["-NonInteractive", "-c", command], "y\ny\n");

        Assert.Equal("", result.Output);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y", "gone")]
    [InlineData("", "gone")]
    [InlineData("?\nno", "kept")]
    public async Task Confirm_asks(string answer, string expected)
    {
        const string Command =
            "function Remove-It { [CmdletBinding(SupportsShouldProcess)] param() if ($PSCmdlet.ShouldProcess('it')) { 'gone' } else { 'kept' } }; Remove-It -Confirm";

        ProcessResult result = await Psipc.RunAsync(["-c", Command], answer + "\n");

        Assert.Contains("[Y] Yes", result.Output, StringComparison.Ordinal);
        Assert.EndsWith(expected + Environment.NewLine, result.Output, StringComparison.Ordinal);
    }

    private const string Mandatory = "function Show-It { param([Parameter(Mandatory)][string]$It) \"got $It\" }; Show-It";

    private static Dictionary<string, string?> Columns(string? value) => new() { ["COLUMNS"] = value };

    private static string Lines(params string[] lines) => string.Concat(lines.Select(line => line + Environment.NewLine));
}
