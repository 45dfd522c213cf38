using System.Runtime.InteropServices;
using PSIpc.Signals;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Signals to this test program as another process, to which SIGINT is not ignored however the tests were started.</summary>
public sealed class ProcessSignalsTests
{
    private const string Variable = "PSIPC_TEST_SIGNALED";

    [Fact]
    public Task A_signal_on_its_way_when_the_wait_begins_is_the_one_that_came() => RunAsync(
        nameof(A_signal_on_its_way_when_the_wait_begins_is_the_one_that_came),
        () =>
        {
            using var arrived = new ManualResetEventSlim();
            using var waiting = new Waiting();
            bool told = false;
            Console.CancelKeyPress += (_, key) => told = key.Cancel = true;

            // .NET asks the youngest first, and the program's handler only when the wait has begun.
            using var holding = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
            {
                arrived.Set();
                waiting.Begun.Wait(ChildProcess.Patience);
            });
            ProcessSignals.Send(Environment.ProcessId, ProcessSignal.Interrupt);
            Assert.True(arrived.Wait(ChildProcess.Patience));
            ProcessSignal came = ProcessSignals.Wait([ProcessSignal.Interrupt], ChildProcess.Patience, waiting);
            Assert.Equal((ProcessSignal.Interrupt, false), (came, told));
        });

    [Fact]
    public Task Wait_for_a_key_lasts_until_the_console_has_handled_it() => RunAsync(
        nameof(Wait_for_a_key_lasts_until_the_console_has_handled_it),
        () =>
        {
            using var waiting = new Waiting();
            using var ended = new ManualResetEventSlim();
            bool told = false;
            bool endedBefore = false;
            Console.CancelKeyPress += (_, key) => told = key.Cancel = true;

            // .NET asks this registration after those of the wait, and before the console.
            using var between = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
            {
                endedBefore = ended.Wait(TimeSpan.FromSeconds(0.5));

                // The test has failed. The console would tell the runner's handler, which cancels the run without a result.
                Thread.Sleep(endedBefore ? Timeout.Infinite : 0);
            });
            var wait = Task.Run(() =>
            {
                ProcessSignal came = ProcessSignals.Wait([ProcessSignal.Interrupt], ChildProcess.Patience, waiting);
                ended.Set();
                return came;
            });
            Assert.True(waiting.Begun.Wait(ChildProcess.Patience));
            ProcessSignals.Send(Environment.ProcessId, ProcessSignal.Interrupt);
            ended.Wait(ChildProcess.Patience);
            Assert.Equal((ProcessSignal.Interrupt, false, false), (wait.GetAwaiter().GetResult(), endedBefore, told));
        });

    private static async Task RunAsync(string name, Action test)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals between processes.");
        Assert.SkipWhen(Environment.Version.Major < 10, "Before .NET 10, .NET asks the oldest registration first, and so the console "
            + "before any other.");
        if (Environment.GetEnvironmentVariable(Variable) is not null)
        {
            test();
            return;
        }

        ProcessResult result = await ChildProcess.RunAsync(
            Environment.ProcessPath!,
            ["-noColor", "-method", $"{typeof(ProcessSignalsTests).FullName}.{name}"],
            environment: new Dictionary<string, string?> { [Variable] = "1" });

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", result.Output, StringComparison.Ordinal);
    }

    private sealed class Waiting : IProgress<TimeSpan>, IDisposable
    {
        internal ManualResetEventSlim Begun { get; } = new();

        public void Report(TimeSpan value) => Begun.Set();

        public void Dispose() => Begun.Dispose();
    }
}
