using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Procfs;

namespace PSIpc.Signals;

/// <summary>
/// One process to send signals to. On Linux it is held by a descriptor (pidfd_open(2)), so that a signal never reaches a later process
/// that got the same ID. Where the system has no such descriptor, the start of the process is compared immediately before the signal.
/// </summary>
public sealed class SignalTarget : IDisposable
{
    // By how much two readings of one start may differ: .NET keeps the offset of the clocks that it found first.
    private static readonly TimeSpan StartTimeError = TimeSpan.FromSeconds(1);

    private readonly SafeFileHandle? _process;

    private SignalTarget(int processId)
    {
        if (processId <= 0)
        {
            throw new IpcException(
                IpcErrorReason.ProcessIdInvalid,
                $"{processId} is no process: kill(2) takes it for a group of processes, and nothing was sent.");
        }

        if (OperatingSystem.IsWindows())
        {
            throw new IpcException(IpcErrorReason.PlatformNotSupported, "Windows has no signals between processes.");
        }

        ProcessId = processId;
        if (OperatingSystem.IsLinux())
        {
            NativeResult result = Libc.PidFdOpen(processId, out _process);
            if (result.Error.Code == Errno.ESRCH)
            {
                throw NotFound(result.Error);
            }
        }

        // Read after the process is held: what has these ticks then is the process that is held, or nothing is.
        StartTicks = ProcessLiveness.Look(processId).StartTicks;
    }

    /// <summary>Gets the ID of the process.</summary>
    public int ProcessId { get; }

    /// <summary>Gets the start of the process, as <see cref="ProcessLiveness.Look"/> reads it; null where it cannot be read.</summary>
    internal long? StartTicks { get; }

    /// <summary>Opens the process that has an ID now.</summary>
    /// <param name="processId">The process ID, 1 or more. For kill(2), 0 and below mean groups of processes; they are refused.</param>
    /// <exception cref="IpcException">Thrown when no process has the ID (<see cref="IpcErrorReason.ProcessNotFound"/>).</exception>
    public static SignalTarget Open(int processId) => new(processId);

    /// <summary>Opens the process that has an ID now, if it is one that started at a given time.</summary>
    /// <param name="processId">The process ID, 1 or more.</param>
    /// <param name="startTime">The start time, by a clock that was not set since.</param>
    /// <exception cref="IpcException">
    /// Thrown when no process has the ID, or when the process started at another time (<see cref="IpcErrorReason.ProcessNotFound"/>).
    /// </exception>
    public static SignalTarget Open(int processId, DateTime startTime)
    {
        var target = new SignalTarget(processId);
        if (target.StartTicks is { } ticks && (ProcessLiveness.StartTime(ticks) - startTime.ToUniversalTime()).Duration() > StartTimeError)
        {
            target.Dispose();
            throw new IpcException(
                IpcErrorReason.ProcessNotFound,
                $"Process {processId}, which started at {startTime:O}, has ended; another process has its ID.");
        }

        return target;
    }

    /// <summary>Sends a signal (pidfd_send_signal(2), kill(2)).</summary>
    /// <param name="signal">The signal.</param>
    /// <exception cref="IpcException">
    /// Thrown when the process has ended (<see cref="IpcErrorReason.ProcessNotFound"/>), or when it belongs to another user
    /// (<see cref="IpcErrorReason.ProcessAccessDenied"/>).
    /// </exception>
    public void Send(ProcessSignal signal)
    {
        int number = SignalNames.Number(signal);
        NativeResult? held = _process is { IsInvalid: false } ? Libc.PidFdSendSignal(_process, number) : null;
        NativeError error = held is { } result && result.Error.Code != Errno.ENOSYS ? result.Error : SendById(number).Error;
        switch (error.Code)
        {
            case Errno.None:
                return;
            case Errno.ESRCH:
                throw NotFound(error);
            case Errno.EPERM:
                throw new IpcException(
                    IpcErrorReason.ProcessAccessDenied,
                    $"Process {ProcessId} is somebody else's: this one may not send it {SignalNames.PosixName(signal)}.",
                    error.Raw);
            default:
                throw new IpcException(IpcErrorReason.NativeError, $"kill of process {ProcessId} failed: {error}.", error.Raw);
        }
    }

    /// <summary>Closes the descriptor of the process.</summary>
    public void Dispose() => _process?.Dispose();

    private NativeResult SendById(int number) =>
        StartTicks is { } ticks && ProcessLiveness.Look(ProcessId).StartTicks is { } now && now != ticks
            ? throw NotFound(default)
            : Libc.Kill(ProcessId, number);

    private IpcException NotFound(NativeError error) => new(
        IpcErrorReason.ProcessNotFound, $"No process has the id {ProcessId}.", error.Raw);
}
