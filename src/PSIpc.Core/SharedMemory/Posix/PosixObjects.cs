using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Posix;

/// <summary>What both backends of POSIX objects share: the one that reads and writes files, and the one that maps.</summary>
internal static class PosixObjects
{
    private const int ModeBits = 0b111_111_111;

    /// <summary>Tries until an attempt returns something: null says that another process created or removed the object meanwhile.</summary>
    /// <exception cref="IpcException">Thrown when no attempt succeeded.</exception>
    internal static T Settle<T>(IpcAddress address, Func<T?> attempt)
        where T : class
    {
        for (int count = 1; count <= SharedMemoryBackend.CreateAttempts; count++)
        {
            if (attempt() is { } result)
            {
                return result;
            }
        }

        throw SharedMemoryErrors.Unsettled(address);
    }

    /// <summary>Returns the status of the object that is meant.</summary>
    /// <param name="address">The address.</param>
    /// <param name="found">The status of the object that has the name; null where there is none.</param>
    /// <exception cref="IpcException">Thrown when no object has the name, or another one than the address means.</exception>
    internal static Statx Exact(IpcAddress address, Statx? found) =>
        found is not { } stat ? throw SharedMemoryErrors.NotFound(address)
        : address.IsAnother(stat) ? throw SharedMemoryErrors.Replaced(address)
        : stat;

    internal static ProbeResult? Probe(IpcAddress address, Statx? found) =>
        found is { } stat && !address.IsAnother(stat) ? new((long)stat.Size, null) : null;

    /// <summary>Returns the access that an existing object needs, which is used instead of a new one.</summary>
    internal static SharedMemoryAccess AccessFor(SharedMemoryRequest request) =>
        request.Content.IsEmpty ? SharedMemoryAccess.Read : SharedMemoryAccess.ReadWrite;

    internal static SharedMemoryInfo Snapshot(string name, in Statx stat, DateTime? changeTime = null, long? residentBytes = null) => new()
    {
        Kind = nameof(IpcKind.Posix),
        Name = name,
        File = FileId.Of(stat),
        Size = (long)stat.Size,
        Mode = UnixMode.ToOctal((UnixFileMode)stat.Mode),
        Owner = UserNames.OfUser(stat.Uid),
        Group = UserNames.OfGroup(stat.Gid),
        ChangeTime = changeTime,
        ResidentBytes = residentBytes,
    };

    /// <summary>Refuses a write that the kernel would answer with a signal that ends the process (SIGXFSZ).</summary>
    /// <param name="address">The object.</param>
    /// <param name="end">Where the write ends, in bytes from the start.</param>
    /// <param name="limit">RLIMIT_FSIZE, in bytes.</param>
    internal static void CheckFileSize(IpcAddress address, long end, ulong limit)
    {
        if ((ulong)end > limit)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryTooLarge,
                $"{end} bytes of {address} are over this process's limit for a file: {limit} bytes (RLIMIT_FSIZE, ulimit -f). Nothing was "
                    + "written.",
                (int)Errno.EFBIG);
        }
    }
}
