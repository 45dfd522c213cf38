using System.Runtime.InteropServices;

namespace PSIpc.Signals;

/// <summary>Sends signals to processes, and waits for signals to this process.</summary>
public static class ProcessSignals
{
    /// <summary>Sends a signal to one process (kill(2)).</summary>
    /// <param name="processId">The process ID, 1 or more. For kill(2), 0 and below mean groups of processes; they are refused.</param>
    /// <param name="signal">The signal.</param>
    /// <exception cref="IpcException">
    /// Thrown when no process has the ID (<see cref="IpcErrorReason.ProcessNotFound"/>), or when it belongs to another user
    /// (<see cref="IpcErrorReason.ProcessAccessDenied"/>).
    /// </exception>
    public static void Send(int processId, ProcessSignal signal)
    {
        using SignalTarget target = SignalTarget.Open(processId);
        target.Send(signal);
    }

    /// <summary>Waits until this process receives one of some signals. During the wait they do not end the process.</summary>
    /// <param name="signals">The signals.</param>
    /// <param name="timeout">The time; <see cref="Timeout.InfiniteTimeSpan"/> waits indefinitely.</param>
    /// <param name="progress">Receives on this thread, many times a second, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The first signal. Others that this process receives before the wait ends have no effect.</returns>
    /// <exception cref="IpcException">
    /// Thrown when the wait timed out (<see cref="IpcErrorReason.WaitTimeout"/>), or when a process cannot catch one of the signals
    /// (<see cref="IpcErrorReason.ProcessSignalNotWaitable"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was canceled.</exception>
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
