using PSIpc.Procfs;
using PSIpc.Signals;

namespace PSIpc.SharedMemory.SystemV;

/// <summary>Finds the process that created a segment, to send signals to it.</summary>
internal static class SegmentCreator
{
    internal static SignalTarget Open(SharedMemoryInfo info)
    {
        if (info.CreatorProcessId is not { } id)
        {
            throw new IpcException(
                IpcErrorReason.ProcessIdInvalid, $"The system does not know who created {info}: it keeps that of System V segments.");
        }

        if (info.CreatorAlive == false)
        {
            throw CreatorEnded(info, id);
        }

        var target = SignalTarget.Open(id);
        try
        {
            return info.CreatorStartTicks is { } noted && target.StartTicks is { } now && noted != now ? throw CreatorEnded(info, id)
                : WhyUncertain(info, target) is { } why
                    ? throw new IpcException(
                        IpcErrorReason.ProcessCreatorUncertain,
                        $"It is not certain that process {id} is the one that created {Name(info)}: {why}. Nothing was sent.")
                    : target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    // The kernel keeps the ID of the creator and no more. Its start before the last change shows the creator only where the change was
    // the creation itself: IPC_SET renews the time, and attaching, which comes after the creation, does not.
    private static string? WhyUncertain(SharedMemoryInfo info, SignalTarget target) =>
        target.StartTicks is null || info.CreatorStartTicks is null ? "when that process started is not known"
        : info.CreatorAlive != true ? "it started after the segment last changed, or the clock was set"
        : info.AttachTime is { } attached && info.ChangeTime > attached && !ProcessFiles.HasAttached(target.ProcessId, info.Id ?? -1)
            ? "the segment was changed after it was last attached, so that its time of creation is not known, and that process does not "
                + "have it attached"
        : null;

    private static IpcException CreatorEnded(SharedMemoryInfo info, int id) => new(
        IpcErrorReason.ProcessNotFound, $"Process {id}, which created {Name(info)}, has ended; its ID may be another's by now.");

    // A row that was selected from a snapshot may have neither.
    private static string Name(SharedMemoryInfo info) => info is { Id: null, Key: null or 0 } ? "the segment" : info.ToString();
}
