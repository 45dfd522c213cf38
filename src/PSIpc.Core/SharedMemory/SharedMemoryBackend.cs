using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>What a wait needs to know of memory that exists, as cheap as the system can say it.</summary>
/// <param name="Size">The size in bytes; 0 for a POSIX object that its creator has not sized yet.</param>
/// <param name="AttachCount">How many attachments there are; null where the system does not count them.</param>
internal readonly record struct ProbeResult(long Size, long? AttachCount);

/// <summary>The contract that System V, POSIX and Windows each keep in their own way.</summary>
internal abstract class SharedMemoryBackend
{
    /// <summary>How often another process may change its mind between "it exists" and "it does not" while one creates or opens.</summary>
    internal const int CreateAttempts = 16;

    /// <summary>Creates what is asked for, whole or not at all; what existed before is never removed or resized.</summary>
    internal abstract SharedMemoryInfo Create(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>Opens for reading and writing bytes.</summary>
    internal abstract SharedMemoryView Open(IpcAddress address, SharedMemoryAccess access);

    /// <summary>A snapshot of one.</summary>
    internal abstract SharedMemoryInfo Get(IpcAddress address);

    /// <summary>Whether it exists, not marked for removal, and the little that a wait wants to know; null when it does not.</summary>
    internal abstract ProbeResult? Probe(IpcAddress address);

    /// <summary>Snapshots of all that this user can see.</summary>
    internal abstract IEnumerable<SharedMemoryInfo> List();

    /// <summary>Removes the name; the memory goes when nobody has it any more.</summary>
    internal abstract void Remove(IpcAddress address);

    /// <summary>The lock of memory that exists, not taken yet.</summary>
    internal abstract SharedMemoryLock NewLock(IpcAddress address);
}
