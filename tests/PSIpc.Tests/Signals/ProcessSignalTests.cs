using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

public sealed class ProcessSignalTests : SharedMemoryCommandTests
{
    [Fact]
    public async Task Somebody_elses_process_is_denied()
    {
        Tool.RequireRoot();
        await using ChildProcess sleeper = Sleeper();
        ProcessResult result = await ChildProcess.RunAsync(
            Tool.Require("setpriv", "util-linux"),
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", Pwsh.Path,
                    .. Pwsh.Command($"Send-ProcessSignal {sleeper.Id} Terminate; $Error[0].FullyQualifiedErrorId")],
            environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });

        Assert.Contains("ProcessAccessDenied,", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_signal_that_came_is_given_and_ends_nothing()
    {
        (string Name, int Number)[] signals = [("Interrupt", 2), ("Terminate", 15), ("Quit", 3), ("Hangup", 1), ("User1", 10)];
        await using var child = Pwsh.Start($$"""
            foreach ($round in 1..{{signals.Length}}) {
                'begun'
                "got $(Wait-ProcessSignal -Signal Interrupt, TERM, QUIT, 1, User1 -TimeoutSec 60)"
            }
            """);
        foreach ((string name, int number) in signals)
        {
            await WaitingAsync(child);
            child.Signal(number);
            Assert.Equal($"got {name}", await child.WaitForLineAsync("got"));
        }

        ProcessResult result = await child.WaitForExitAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_is_not_waited_for_stops_the_pipeline_as_ever(int number)
    {
        await using var waiting = Pwsh.Start("""
            try { 'begun'; Wait-ProcessSignal -Signal User1; 'not here' }
            finally { [Console]::Out.WriteLine('cleaned up') }
            """);
        await WaitingAsync(waiting);
        waiting.Signal(number);

        ProcessResult result = await waiting.WaitForExitAsync();

        Assert.Equal((1, "begun\ncleaned up\n"), (result.ExitCode, result.Output));
    }

    // A shell's child would have SIGINT ignored in the background: sleep is started directly.
    private static ChildProcess Sleeper() => ChildProcess.Start(Tool.Require("sleep", "coreutils"), ["90"]);

    // Waits until the next wait has begun: the mask of caught signals in /proc has the last of its own then.
    private static async Task WaitingAsync(ChildProcess child)
    {
        await child.WaitForLineAsync("begun");
        const ulong User1 = 1UL << (10 - 1);
        using var patience = new CancellationTokenSource(ChildProcess.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((Caught(child.Id) & User1) == 0)
        {
            await tick.WaitForNextTickAsync(patience.Token);
        }
    }

    private static ulong Caught(int processId) => ulong.Parse(
        File.ReadLines($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/status")
            .Single(line => line.StartsWith("SigCgt:", StringComparison.Ordinal))[7..],
        NumberStyles.AllowHexSpecifier | NumberStyles.AllowLeadingWhite,
        CultureInfo.InvariantCulture);
}
