using PSIpc.Interop;
using PSIpc.Objects;
using PSIpc.Procfs;

namespace PSIpc.SharedMemory.SystemV;

/// <summary>Makes snapshots of rows of the kernel's table of segments.</summary>
internal static class SegmentSnapshots
{
    internal static List<SharedMemoryInfo> Read() => From(SegmentTable.Read());

    internal static SharedMemoryInfo? Find(IpcAddress address) => From(SegmentTable.Read().Where(row => address.Id is { } id
        ? row.Id == id && !address.IsAnother(row.CreatorPid, row.Size)
        : row.Key == address.Key)).FirstOrDefault();

    /// <summary>Makes snapshots of the rows. Each creator is looked up once, because that costs system calls.</summary>
    internal static List<SharedMemoryInfo> From(IEnumerable<SegmentRow> rows)
    {
        var creators = new Dictionary<int, (bool Exists, long? StartTicks)>();
        var snapshots = new List<SharedMemoryInfo>();
        foreach (SegmentRow row in rows)
        {
            if (!creators.TryGetValue(row.CreatorPid, out (bool Exists, long? StartTicks) creator))
            {
                creator = ProcessLiveness.Look(row.CreatorPid);
                creators.Add(row.CreatorPid, creator);
            }

            snapshots.Add(Create(row, creator));
        }

        return snapshots;
    }

    private static SharedMemoryInfo Create(in SegmentRow row, (bool Exists, long? StartTicks) creator) => new()
    {
        Kind = nameof(IpcKind.SystemV),
        Key = row.Key,
        Id = row.Id,
        File = FileId.OfSegment(row.Id),
        Size = row.Size,
        Mode = UnixMode.ToOctal((UnixFileMode)row.Mode),
        Status = Status(row.Mode).ToString(),
        Owner = UserNames.OfUser(row.Uid),
        Group = UserNames.OfGroup(row.Gid),
        CreatorProcessId = row.CreatorPid,
        CreatorAlive = IsCreatorAlive(row, creator.Exists, creator.StartTicks),
        CreatorStartTicks = creator.StartTicks,
        LastProcessId = row.LastPid == 0 ? null : row.LastPid,
        AttachCount = row.AttachCount,
        AttachTime = Time(row.AttachTime),
        DetachTime = Time(row.DetachTime),
        ChangeTime = Time(row.ChangeTime),
        ResidentBytes = row.Resident,
        SwappedBytes = row.Swapped,
    };

    // The kernel gives 0 for a process of another PID namespace, a container's for one. A process that started after the segment was
    // changed may have the ID of the creator only; it may also be the creator, and the clock was set in between.
    private static bool? IsCreatorAlive(in SegmentRow row, bool exists, long? startTicks) =>
        row.CreatorPid == 0 ? null
        : !exists ? false
        : startTicks is { } ticks && ProcessLiveness.StartedBefore(ticks, row.ChangeTime) ? true
        : row.AttachCount > 0 && ProcessFiles.HasAttached(row.CreatorPid, row.Id) ? true
        : null;

    private static DateTime? Time(long seconds) => seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds).LocalDateTime;

    private static SharedMemoryStatus Status(int mode) =>
        ((mode & SysShmH.SHM_DEST) != 0 ? SharedMemoryStatus.Dest : 0)
        | ((mode & SysShmH.SHM_LOCKED) != 0 ? SharedMemoryStatus.Locked : 0)
        | ((mode & SysShmH.SHM_HUGETLB) != 0 ? SharedMemoryStatus.HugeTlb : 0)
        | ((mode & SysShmH.SHM_NORESERVE) != 0 ? SharedMemoryStatus.NoReserve : 0);
}
