namespace PSIpc.SharedMemory;

/// <summary>How much shared memory this system allows, and how much is in use. What a system does not have is null.</summary>
public sealed class SharedMemoryLimit
{
    /// <summary>The largest System V segment, in bytes (SHMMAX).</summary>
    public ulong? MaxSegmentBytes { get; init; }

    /// <summary>All System V segments together, in pages (SHMALL).</summary>
    public ulong? MaxTotalPages { get; init; }

    /// <summary>How many System V segments there may be (SHMMNI).</summary>
    public int? MaxSegments { get; init; }

    /// <summary>A page in bytes: what SHMALL counts in.</summary>
    public int PageBytes { get; init; }

    /// <summary>How many System V segments there are.</summary>
    public int? UsedSegments { get; init; }

    /// <summary>The pages that their sizes add up to.</summary>
    public ulong? UsedPages { get; init; }

    /// <summary>How many of their bytes are in memory.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>How many of their bytes are in swap.</summary>
    public long? SwappedBytes { get; init; }

    /// <summary>The folder where POSIX objects live.</summary>
    public string? PosixPath { get; init; }

    /// <summary>The size of the file system there, in bytes.</summary>
    public long? PosixBytes { get; init; }

    /// <summary>What this user may still fill of it, in bytes.</summary>
    public long? PosixFreeBytes { get; init; }

    /// <summary>How many POSIX objects there are.</summary>
    public int? PosixObjects { get; init; }
}
