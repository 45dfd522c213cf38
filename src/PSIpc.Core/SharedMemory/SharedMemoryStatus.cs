namespace PSIpc.SharedMemory;

/// <summary>What the kernel says of a System V segment besides its permissions (shmctl(2)).</summary>
[Flags]
internal enum SharedMemoryStatus
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Marked for removal: it goes when the last process detaches (SHM_DEST).</summary>
    Dest = 1,

    /// <summary>Kept out of swap (SHM_LOCKED).</summary>
    Locked = 2,

    /// <summary>Made of huge pages (SHM_HUGETLB).</summary>
    HugeTlb = 4,

    /// <summary>Made without reserving swap (SHM_NORESERVE).</summary>
    NoReserve = 8,
}
