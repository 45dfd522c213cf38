using PSIpc.Interop;
using PSIpc.Objects;
using PSIpc.Procfs;

namespace PSIpc.SharedMemory.SystemV;

/// <summary>What the kernel's table of segments says of one; what a system does not tell is null.</summary>
internal readonly record struct SegmentRow
{
    internal int Key { get; init; }

    internal int Id { get; init; }

    internal int Mode { get; init; }

    internal long Size { get; init; }

    internal int CreatorPid { get; init; }

    internal int LastPid { get; init; }

    internal long AttachCount { get; init; }

    internal uint Uid { get; init; }

    internal uint Gid { get; init; }

    internal long AttachTime { get; init; }

    internal long DetachTime { get; init; }

    internal long ChangeTime { get; init; }

    internal long? Resident { get; init; }

    internal long? Swapped { get; init; }

    /// <summary>The snapshot.</summary>
    /// <param name="creators">What is known of creators already: to ask costs system calls.</param>
    internal SharedMemoryInfo ToInfo(Dictionary<int, (bool Exists, long? StartTicks)> creators)
    {
        if (!creators.TryGetValue(CreatorPid, out (bool Exists, long? StartTicks) creator))
        {
            creator = ProcessLiveness.Look(CreatorPid);
            creators.Add(CreatorPid, creator);
        }

        return new()
        {
            Kind = IpcKind.SystemV,
            Key = Key,
            Id = Id,
            File = FileId.OfSegment(Id),
            Size = Size,
            Mode = (UnixFileMode)(Mode & 0b111_111_111),
            Status = Status(Mode),
            Owner = UserNames.OfUser(Uid),
            Group = UserNames.OfGroup(Gid),
            CreatorProcessId = CreatorPid,

            CreatorAlive = IsCreatorAlive(creator.Exists, creator.StartTicks),
            CreatorStartTicks = creator.StartTicks,
            LastProcessId = LastPid == 0 ? null : LastPid,
            AttachCount = AttachCount,
            AttachTime = Time(AttachTime),
            DetachTime = Time(DetachTime),
            ChangeTime = Time(ChangeTime),
            ResidentBytes = Resident,
            SwappedBytes = Swapped,
        };
    }

    // The kernel gives 0 for a process of another PID namespace, a container's for one. A process that started after the segment was
    // changed may have the ID of the creator only; it may also be the creator, and the clock was set in between.
    private bool? IsCreatorAlive(bool exists, long? startTicks) =>
        CreatorPid == 0 ? null
        : !exists ? false
        : (startTicks is { } ticks && ProcessLiveness.StartedBefore(ticks, ChangeTime)) || (AttachCount > 0 && ProcessFiles.HasAttached(CreatorPid, Id)) ? true
        : null;

    private static DateTime? Time(long seconds) => seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds).LocalDateTime;

    private static SharedMemoryStatus Status(int mode) =>
        ((mode & SysShmH.SHM_DEST) != 0 ? SharedMemoryStatus.Dest : 0)
        | ((mode & SysShmH.SHM_LOCKED) != 0 ? SharedMemoryStatus.Locked : 0)
        | ((mode & SysShmH.SHM_HUGETLB) != 0 ? SharedMemoryStatus.HugeTlb : 0)
        | ((mode & SysShmH.SHM_NORESERVE) != 0 ? SharedMemoryStatus.NoReserve : 0);
}
