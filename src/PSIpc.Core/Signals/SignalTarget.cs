using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Procfs;
using PSIpc.SharedMemory;

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
    private readonly long? _startTicks;

    private SignalTarget(int processId)
    {
        if (processId <= 0)
        {
            throw new IpcException(
                IpcErrorReason.ProcessIdInvalid, $"{processId} is no process: kill(2) takes it for a group of processes, and nothing was sent.");
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
        _startTicks = ProcessLiveness.Look(processId).StartTicks;
    }

    /// <summary>Gets the ID of the process.</summary>
    public int ProcessId { get; }

    /// <summary>Opens the process that has an ID now.</summary>
    /// <param name="processId">The process, 1 or more: what 0 and below mean to kill(2), whole groups of processes, is refused.</param>
    /// <exception cref="IpcException">No process has the ID (<see cref="IpcErrorReason.ProcessNotFound"/>).</exception>
    public static SignalTarget Open(int processId) => new(processId);

    /// <summary>Opens the process that has an ID now, if it is one that started at a given time.</summary>
    /// <param name="processId">The process, 1 or more.</param>
    /// <param name="startTime">When it started, by a clock that was not set since.</param>
    /// <exception cref="IpcException">No process has the ID, or one that started at another time (<see cref="IpcErrorReason.ProcessNotFound"/>).</exception>
    public static SignalTarget Open(int processId, DateTime startTime)
    {
        var target = new SignalTarget(processId);
        if (target._startTicks is { } ticks && (ProcessLiveness.StartTime(ticks) - startTime.ToUniversalTime()).Duration() > StartTimeError)
        {
            target.Dispose();
            throw new IpcException(
                IpcErrorReason.ProcessNotFound, $"Process {processId}, which started at {startTime:O}, has ended; another process has its ID.");
        }

        return target;
    }

    /// <summary>Opens the process that created a segment, and no other that has its ID now.</summary>
    /// <param name="info">A snapshot of the segment.</param>
    /// <exception cref="IpcException">
    /// The creator is not known (<see cref="IpcErrorReason.ProcessIdInvalid"/>), it has ended (<see cref="IpcErrorReason.ProcessNotFound"/>), or it
    /// is not certain that the process with its ID is the creator (<see cref="IpcErrorReason.ProcessCreatorUncertain"/>).
    /// </exception>
    public static SignalTarget OpenCreator(SharedMemoryInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info.CreatorProcessId is not { } id)
        {
            throw new IpcException(
                IpcErrorReason.ProcessIdInvalid, $"The system does not know who created {info}: it keeps that of System V segments.");
        }

        if (info.CreatorAlive == false)
        {
            throw CreatorEnded(info, id);
        }

        var target = new SignalTarget(id);
        try
        {
            return info.CreatorStartTicks is { } noted && target._startTicks is { } now && noted != now ? throw CreatorEnded(info, id)
                : WhyUncertain(info, target) is { } why
                    ? throw new IpcException(
                        IpcErrorReason.ProcessCreatorUncertain, $"It is not certain that process {id} is the one that created {Name(info)}: {why}. Nothing was sent.")
                    : target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Which signal.</param>
    /// <exception cref="IpcException">The process has ended (<see cref="IpcErrorReason.ProcessNotFound"/>), or it is another user's
    /// (<see cref="IpcErrorReason.ProcessAccessDenied"/>).</exception>
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

    /// <summary>Lets the process go.</summary>
    public void Dispose() => _process?.Dispose();

    private NativeResult SendById(int number) =>
        _startTicks is { } ticks && ProcessLiveness.Look(ProcessId).StartTicks is { } now && now != ticks
            ? throw NotFound(default)
            : Libc.Kill(ProcessId, number);

    // The kernel keeps the ID of the creator and no more. Its start before the last change shows the creator only where the change was
    // the creation itself: IPC_SET renews the time, and attaching, which comes after the creation, does not.
    private static string? WhyUncertain(SharedMemoryInfo info, SignalTarget target) =>
        target._startTicks is null || info.CreatorStartTicks is null ? "when that process started is not known"
        : info.CreatorAlive != true ? "it started after the segment last changed, or the clock was set"
        : info.AttachTime is { } attached && info.ChangeTime > attached && !ProcessFiles.HasAttached(target.ProcessId, info.Id ?? -1)
            ? "the segment was changed after it was last attached, so that its time of creation is not known, and that process does not have it attached"
        : null;

    private static IpcException CreatorEnded(SharedMemoryInfo info, int id) => new(
        IpcErrorReason.ProcessNotFound, $"Process {id}, which created {Name(info)}, has ended; its ID may be another's by now.");

    // A row that was selected from a snapshot may have neither.
    private static string Name(SharedMemoryInfo info) => info is { Id: null, Key: null or 0 } ? "the segment" : info.ToString();

    private IpcException NotFound(NativeError error) => new(IpcErrorReason.ProcessNotFound, $"No process has the id {ProcessId}.", error.Raw);
}
