using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests.Shell;

/// <summary>The prompt at a pseudo-terminal, which Python's standard library opens; its steps wait for what they expect.</summary>
public sealed class PromptTests : IDisposable
{
    /// <summary>Types each argument in turn once what precedes its '=>' has been shown; prints what was shown, and the exit code.</summary>
    private const string Terminal = """
        import os, pty, select, sys, time
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(TERM='xterm', COLUMNS='80')
            os.environ.pop('NO_COLOR', None)
            os.execv(sys.argv[1], sys.argv[1:2] + ['-NoLogo'])
        shown = b''
        def read():
            global shown
            if not select.select([terminal], [], [], 30)[0]:
                sys.stdout.write('TIMEOUT\n' + shown.decode()); os.kill(pid, 9); os.waitpid(pid, 0); sys.exit(1)
            try:
                data = os.read(terminal, 4096)
            except OSError:
                data = b''
            if b'\x1b[6n' in data:
                os.write(terminal, b'\x1b[1;1R')
            shown += data
            return data
        seen = 0
        for step in sys.argv[2:]:
            wanted, keys = step.split('=>')
            while shown.find(wanted.encode(), seen) < 0:
                if not read(): break
            seen = shown.find(wanted.encode(), seen) + len(wanted)
            os.write(terminal, keys.encode().decode('unicode_escape').encode())
        while read(): pass
        sys.stdout.write(shown.decode())
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commands_run_and_exit_ends_it()
    {
        ProcessResult result = await TypeAsync("> =>'a' + 'b'\\r", "\nab=>exit 7\\r");

        Assert.Equal(7, result.ExitCode);
    }

    [Fact]
    public async Task The_end_of_the_input_ends_it() => Assert.Equal(0, (await TypeAsync("> =>\\x04")).ExitCode);

    [Fact]
    public async Task Ctrl_C_stops_what_runs_and_leaves_the_prompt()
    {
        ProcessResult result = await TypeAsync(
            "> =>try { [Console]::WriteLine('busy' + 1); while ($true) { } } finally { [Console]::WriteLine('cleaned' + 1) }\\r",
            "busy1=>\\x03",
            "cleaned1=>",
            "> =>exit 3\\r");

        Assert.Equal(3, result.ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_cancels_the_line()
    {
        ProcessResult result = await TypeAsync("> =>'ne' + 'ver'", "'ver'=>\\x03", "^C=>'a' + 'b'\\r", "\nab=>exit 4\\r");

        Assert.Equal(4, result.ExitCode);
        Assert.DoesNotContain("never", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_goes_on_until_it_is_complete() =>
        Assert.Equal(5, (await TypeAsync("> =>'a' +\\r", ">> =>'b'\\r", "\nab=>exit 5\\r")).ExitCode);

    [Fact]
    public async Task The_arrows_bring_a_command_back_and_move_in_it() =>
        Assert.Equal(6, (await TypeAsync("> =>'a' + 'b'\\r", "\nab=>\\x1b[A\\x1b[D\\x7fc\\r", "\nac=>exit 6\\r")).ExitCode);

    [Fact]
    public async Task The_tab_key_completes_and_goes_on_to_the_next() => Assert.Equal(
        9,
        (await TypeAsync(
            "> =>(Get-Command Get-SharedM\\t).Name + 1\\r",
            "\nGet-SharedMemory1=>(Get-Command Get-SharedM\\t\\t).Name + 2\\r",
            "\nGet-SharedMemoryLimit2=>(Get-Command Get-SharedM\\t\\t\\x1b[Z).Name + 3\\r",
            "\nGet-SharedMemory3=>exit 9\\r")).ExitCode);

    [Fact]
    public async Task A_proposal_is_explained_beneath_the_line() => Assert.Equal(
        3, (await TypeAsync("> =>Get-SharedMemoryL\\t", "1/1 =>", "Get-SharedMemoryLimit [<CommonParameters>]=>\\x03", "> =>exit 3\\r")).ExitCode);

    /// <summary>The engine completes the keys of a hashtable with a cmdlet that psipc does not have.</summary>
    [Fact]
    public async Task A_completion_that_fails_proposes_nothing() => Assert.Equal(
        4, (await TypeAsync("> =>Start-EchoServer -Fault @{ \\t\\x15'alive' + 1\\r", "\nalive1=>exit 4\\r")).ExitCode);

    [Fact]
    public async Task Ctrl_R_searches_the_history_backwards() => Assert.Equal(
        7,
        (await TypeAsync(
            "> =>'first' + 1\\r", "\nfirst1=>'other' + 1\\r", "\nother1=>\\x12+ 1", "search backwards: + 1=>\\x12\\x052\\r", "\nfirst12=>exit 7\\r")).ExitCode);

    [Fact]
    public async Task Words_and_rests_are_erased_by_the_keys_of_readline() => Assert.Equal(
        8, (await TypeAsync("> =>'one two' + 'x'\\x01\\x1b[1;5C\\x0b + 1'\\x17\\x17 + 9'\\r", "\n + 9=>exit 8\\r")).ExitCode);

    [Fact]
    public async Task A_command_of_many_lines_comes_back_whole_and_a_line_that_was_begun_after_it() => Assert.Equal(
        6, (await TypeAsync("> =>'a' +\\r", ">> =>'b' + 1\\r", "\nab1=>'pen' + \\x1b[A2\\r", "\nab12=>'pen' + \\x1b[A\\x1b[B'ding'\\r", "\npending=>exit 6\\r")).ExitCode);

    /// <summary>The cursor stands behind the columns and not behind the characters, and moves by what is a character to the reader.</summary>
    [Fact]
    public async Task Wide_and_combined_characters_are_one_step_each() => Assert.Equal(
        5,
        (await TypeAsync(
            "> =>function prompt { '~ ' }\\r", "~ =>'\\ud55c\\uae00'", "\e[8C=>\\x1b[D\\x1b[D", "\e[5C=>\\x7fX\\r", "\nX\uae00=>'e\\u0301\\U0001f600'\\x1b[D\\x7f\\x7fZ\\r", "\nZ=>exit 5\\r")).ExitCode);

    [Fact]
    public async Task Errors_are_red_at_a_terminal()
    {
        ProcessResult result = await TypeAsync("> =>Get-Nothing\\r", "again.=>exit 8\\r");

        Assert.Equal(8, result.ExitCode);
        Assert.Contains("\e[31;1m", result.Output, StringComparison.Ordinal);
    }

    private async Task<ProcessResult> TypeAsync(params string[] steps)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pseudo-terminal that Python opens.");
        try
        {
            return await ChildProcess.RunAsync("python3", [_folder.Write("terminal.py", Terminal), Repository.Psipc, .. steps], "", new Dictionary<string, string?> { ["NO_COLOR"] = null });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("python3 is missing: it opens the pseudo-terminal.");
            throw;
        }
    }
}
