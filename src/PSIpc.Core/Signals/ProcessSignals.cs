using System.Runtime.InteropServices;

namespace PSIpc.Signals;

/// <summary>Signals to and from processes.</summary>
public static class ProcessSignals
{
    /// <summary>Sends a signal to one process (kill(2)).</summary>
    /// <param name="processId">The process, 1 or more: what 0 and below mean to kill(2), whole groups of processes, is refused.</param>
    /// <param name="signal">Which signal.</param>
    /// <exception cref="IpcException">No process has that id (<see cref="IpcErrorReason.ProcessNotFound"/>), or it is somebody else's
    /// (<see cref="IpcErrorReason.ProcessAccessDenied"/>).</exception>
    public static void Send(int processId, ProcessSignal signal)
    {
        using SignalTarget target = SignalTarget.Open(processId);
        target.Send(signal);
    }

    /// <summary>Waits until one of some signals comes to this process, which they do not end meanwhile.</summary>
    /// <param name="signals">Which.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="progress">Receives on this thread, many times a second, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The one that came first; others that come before the wait is over have no effect.</returns>
    /// <exception cref="IpcException">The time is over (<see cref="IpcErrorReason.WaitTimeout"/>), or one of them cannot be waited
    /// for.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static ProcessSignal Wait(
        IReadOnlyCollection<ProcessSignal> signals,
        TimeSpan timeout,
        IProgress<TimeSpan>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signals);
        var wait = new PollingWait(
            timeout, () => $"the signal{(signals.Count == 1 ? "" : "s")} {string.Join(", ", signals)}", progress, cancellationToken);
        var came = new TaskCompletionSource<ProcessSignal>(TaskCreationOptions.RunContinuationsAsynchronously);
        using ConsoleInterrupt? interrupt = signals.Any(ConsoleInterrupt.IsKey) ? new(signals, signal => came.TrySetResult(signal)) : null;
        var registrations = new List<PosixSignalRegistration>();
        try
        {
            // .NET asks a registration before the console: a wait that ended there would put the program's handlers back too early.
            bool takesKeys = interrupt is { TakesKeys: true };
            foreach (ProcessSignal signal in signals.Where(signal => !takesKeys || !ConsoleInterrupt.IsKey(signal)))
            {
                registrations.Add(Register(signal, came));
            }

            while (!came.Task.Wait(wait.Slice, cancellationToken))
            {
                wait.ThrowIfCancelledOrExpired();
            }

            return came.Task.Result;
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }
    }

    private static PosixSignalRegistration Register(ProcessSignal signal, TaskCompletionSource<ProcessSignal> came)
    {
        try
        {
            return PosixSignalRegistration.Create(Portable(signal), context =>
            {
                context.Cancel = true;
                came.TrySetResult(signal);
            });
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException)
        {
            throw new IpcException(
                IpcErrorReason.ProcessSignalNotWaitable,
                $"{signal} ({SignalNames.PosixName(signal)}) cannot be waited for: the system does not let a process catch it.",
                innerException: exception);
        }
    }

    // The four that .NET has on every system; the others by this system's number.
    private static PosixSignal Portable(ProcessSignal signal) => signal switch
    {
        ProcessSignal.Hangup => PosixSignal.SIGHUP,
        ProcessSignal.Interrupt => PosixSignal.SIGINT,
        ProcessSignal.Quit => PosixSignal.SIGQUIT,
        ProcessSignal.Terminate => PosixSignal.SIGTERM,
        _ => (PosixSignal)SignalNames.Number(signal),
    };
}
