using System.Runtime.InteropServices;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests.Shell;

public sealed class InterruptTests : IDisposable
{
    private const string Busy = "try { [Console]::WriteLine('ready'); while ($true) { } } finally { [Console]::WriteLine('cleaned') }; 'never'";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGHUP, 129)]
    public async Task A_signal_stops_a_script_and_runs_its_finally(PosixSignal signal, int exitCode)
    {
        await using ChildProcess child = Psipc.Start(_folder.Write("script.ps1", Busy));
        await child.WaitForLineAsync("ready");

        child.Signal(signal);

        await AssertCleanedAsync(child, exitCode);
    }

    [Fact]
    public async Task A_signal_stops_a_command()
    {
        await using ChildProcess child = Psipc.Start("-c", Busy);
        await child.WaitForLineAsync("ready");

        child.Signal(PosixSignal.SIGINT);

        await AssertCleanedAsync(child, 130);
    }

    [Fact]
    public async Task A_signal_stops_commands_of_the_standard_input()
    {
        await using ChildProcess child = Psipc.Start("-");
        await child.Input.WriteLineAsync(Busy);
        await child.WaitForLineAsync("ready");

        child.Signal(PosixSignal.SIGTERM);

        await AssertCleanedAsync(child, 143);
    }

    [Fact]
    public async Task A_signal_ends_it_while_it_waits_for_a_command()
    {
        await using ChildProcess child = Psipc.Start("-");
        await child.Input.WriteLineAsync("'ready'");
        await child.WaitForLineAsync("ready");

        child.Signal(PosixSignal.SIGTERM);

        Assert.Equal(143, (await child.WaitForExitAsync()).ExitCode);
    }

    private static async Task AssertCleanedAsync(ChildProcess child, int exitCode)
    {
        ProcessResult result = await child.WaitForExitAsync();
        Assert.Equal(new ProcessResult(exitCode, $"ready{Environment.NewLine}cleaned{Environment.NewLine}", ""), result);
    }
}
