using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>What a wait needs to know of memory that exists, as cheap as the system can say it.</summary>
/// <param name="Size">The size in bytes; 0 for a POSIX object that its creator has not sized yet.</param>
/// <param name="AttachCount">How many attachments there are; null where the system does not count them.</param>
internal readonly record struct ProbeResult(long Size, long? AttachCount);

/// <summary>What each kind of shared memory implements in its own way.</summary>
internal abstract class SharedMemoryBackend
{
    /// <summary>How often an open or a creation is tried while another process creates and removes the same memory.</summary>
    internal const int CreateAttempts = 16;

    /// <summary>Creates the memory completely or not at all. Existing memory is never removed or resized.</summary>
    internal abstract SharedMemoryInfo Create(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>Opens memory to read and write its bytes.</summary>
    internal abstract SharedMemoryView Open(IpcAddress address, SharedMemoryAccess access);

    /// <summary>Returns a snapshot of the memory.</summary>
    internal abstract SharedMemoryInfo Get(IpcAddress address);

    /// <summary>Returns what a wait needs to know of the memory; null when it does not exist or is marked for removal.</summary>
    internal abstract ProbeResult? Probe(IpcAddress address);

    /// <summary>Returns snapshots of all memory that this user can see.</summary>
    internal abstract IEnumerable<SharedMemoryInfo> List();

    /// <summary>Removes the name. The memory exists until no process uses it.</summary>
    internal abstract void Remove(IpcAddress address);

    /// <summary>Returns the lock of memory that exists. It is not acquired yet.</summary>
    internal abstract SharedMemoryLock NewLock(IpcAddress address);
}
