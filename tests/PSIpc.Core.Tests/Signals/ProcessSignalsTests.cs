using System.Runtime.InteropServices;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Signals to this very process.</summary>
[Collection(nameof(Alone))]
public sealed class ProcessSignalsTests
{
    [Fact]
    public async Task A_signal_on_its_way_when_the_wait_begins_is_the_one_that_came()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals between processes.");
        ChildProcess.RequireSignal(2);
        using var arrived = new ManualResetEventSlim();
        using var waiting = new Waiting();
        bool told = false;
        ConsoleCancelEventHandler program = (_, key) => told = key.Cancel = true;
        Console.CancelKeyPress += program;
        try
        {
            // .NET asks the youngest first, and the program's handler only when the wait has begun.
            using var holding = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
            {
                arrived.Set();
                waiting.Begun.Wait(ChildProcess.Patience);
            });
            ProcessSignals.Send(Environment.ProcessId, ProcessSignal.Interrupt);
            Assert.True(arrived.Wait(ChildProcess.Patience, TestContext.Current.CancellationToken));

            ProcessSignal came = await Task.Run(
                () => ProcessSignals.Wait([ProcessSignal.Interrupt], ChildProcess.Patience, waiting), TestContext.Current.CancellationToken);

            Assert.Equal((ProcessSignal.Interrupt, false), (came, told));
        }
        finally
        {
            Console.CancelKeyPress -= program;
        }
    }

    private sealed class Waiting : IProgress<TimeSpan>, IDisposable
    {
        internal ManualResetEventSlim Begun { get; } = new();

        public void Report(TimeSpan value) => Begun.Set();

        public void Dispose() => Begun.Dispose();
    }
}
