using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>What the system said of one shared memory at one moment: a plain copy, with no handle inside.</summary>
/// <remarks>What a kind does not have is null. Times are local, to the second for System V.</remarks>
public sealed class SharedMemoryInfo
{
    /// <summary>Gets the kind: the name of an <see cref="IpcKind"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The System V key; 0 for a private segment and for one marked for removal.</summary>
    public int? Key { get; init; }

    /// <summary>Gets the System V key as ipcs(1) shows it: <c>0x000004d2</c>.</summary>
    public string? HexKey => Key is { } key ? SystemVKey.Format(key) : null;

    /// <summary>The System V id (shmid).</summary>
    public int? Id { get; init; }

    /// <summary>The name of a POSIX object or a Windows section.</summary>
    public string? Name { get; init; }

    /// <summary>The size in bytes, as the kernel has it: Windows rounds a section up to pages.</summary>
    public long Size { get; init; }

    /// <summary>Gets the nine permission bits as four octal digits: <c>0600</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>The owner's name, or the number where no name is known.</summary>
    public string? Owner { get; init; }

    /// <summary>The group's name, or the number where no name is known.</summary>
    public string? Group { get; init; }

    /// <summary>The process that created the segment.</summary>
    public int? CreatorProcessId { get; init; }

    /// <summary>
    /// Whether that process still runs. False when no process has its ID. True when the process with its ID has the segment attached, or
    /// started before the segment last changed. Null when that process cannot be seen, or may be a later one that got the ID: also after
    /// the clock was set forward.
    /// </summary>
    public bool? CreatorAlive { get; init; }

    /// <summary>
    /// When the process that has the creator's ID started: on Linux in ticks (1/100 s) since boot, on macOS in microseconds since 1970.
    /// With the
    /// ID it names one process, and no later one that gets the ID.
    /// </summary>
    public long? CreatorStartTicks { get; init; }

    /// <summary>The process that attached or detached last.</summary>
    public int? LastProcessId { get; init; }

    /// <summary>How many attachments there are now.</summary>
    public long? AttachCount { get; init; }

    /// <summary>The processes that have it attached, mapped or open; null unless they were asked for.</summary>
    public int[]? ProcessIds { get; private set; }

    /// <summary>When a process last attached.</summary>
    public DateTime? AttachTime { get; init; }

    /// <summary>When a process last detached.</summary>
    public DateTime? DetachTime { get; init; }

    /// <summary>When it was created or its owner or mode last changed.</summary>
    public DateTime? ChangeTime { get; init; }

    /// <summary>How many of its bytes are in memory now.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>How many of its bytes are in swap now.</summary>
    public long? SwappedBytes { get; init; }

    /// <summary>
    /// Gets the status of a System V segment (shmctl(2)): <c>None</c>, or one or more of <c>Dest</c> (marked for removal), <c>Locked</c>
    /// (kept out of swap), <c>HugeTlb</c>, and <c>NoReserve</c>, separated by commas.
    /// </summary>
    public string Status { get; init; } = nameof(SharedMemoryStatus.None);

    /// <summary>Whether this call created it or found it there; null in what a listing gives.</summary>
    public bool? Created { get; private set; }

    /// <summary>The device of a POSIX object, as <c>/proc/self/mountinfo</c> shows it.</summary>
    public string? Device => HasFile ? File.Device : null;

    /// <summary>The inode of a POSIX object, which with the device tells it from a later one with the same name.</summary>
    public ulong? Inode => HasFile ? File.Inode : null;

    /// <summary>
    /// The address that means this memory and no later one with the same name or ID. A Windows section has no more than its name.
    /// </summary>
    public IpcAddress ToExactAddress() => Id is { } id
        ? IpcAddress.FromId(id).WithSegment(CreatorProcessId ?? 0, Size)
        : IpcAddress.FromName(Name!) with { File = HasFile ? File : null };

    /// <summary>The file behind it, by which processes are seen to have it.</summary>
    internal FileId File { get; init; }

    /// <summary>Gets a value that indicates whether the segment is removed when the last process detaches.</summary>
    internal bool IsMarkedForRemoval => Status.Contains(nameof(SharedMemoryStatus.Dest), StringComparison.Ordinal);

    private bool HasFile => Kind == nameof(IpcKind.Posix) && File != default;

    internal SharedMemoryInfo WithProcesses(int[] processIds)
    {
        var copy = (SharedMemoryInfo)MemberwiseClone();
        copy.ProcessIds = processIds;
        return copy;
    }

    internal SharedMemoryInfo WithCreated(bool created)
    {
        var copy = (SharedMemoryInfo)MemberwiseClone();
        copy.Created = created;
        return copy;
    }

    /// <summary>The shortest name it has.</summary>
    public override string ToString() =>
        Name is not null ? DisplayText.Escape(Name) : (Key is { } key and not 0 ? SystemVKey.Format(key) : $"id {Id}");
}
