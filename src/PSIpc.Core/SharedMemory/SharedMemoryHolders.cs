using PSIpc.Objects;
using PSIpc.Procfs;

namespace PSIpc.SharedMemory;

/// <summary>Who has shared memory attached, mapped or open, as the system showed it at one moment.</summary>
public sealed class SharedMemoryHolders
{
    private readonly ProcessFiles? _files;

    /// <summary>What was found.</summary>
    /// <param name="files">Null where the system does not show what processes map: the count of attachments is all that is known.</param>
    internal SharedMemoryHolders(ProcessFiles? files) => _files = files;

    /// <summary>How many processes this user may not look into: each may have any of the memory.</summary>
    public int UnreadableProcesses => _files?.Unreadable ?? 0;

    /// <summary>The snapshot, with the processes that have it.</summary>
    /// <param name="info">One of those that were asked for.</param>
    /// <exception cref="IpcException">This system does not show them.</exception>
    public SharedMemoryInfo Include(SharedMemoryInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return _files is not null
            ? info.WithProcesses([.. _files.HoldersOf(info.File)])
            : throw new IpcException(
                IpcErrorReason.PlatformNotSupported,
                "Which processes have shared memory is known on Linux alone; macOS counts attachments.");
    }

    /// <summary>
    /// Whether nothing uses it any more: a segment that no process has attached, when no process has the ID of its creator; or an object
    /// that no process maps or has open, because the system does not record who created an object. Times do not count: a clock can be set.
    /// </summary>
    /// <param name="info">One of those that were asked for.</param>
    /// <returns>Null where it cannot be told: a process that cannot be read may have the object open, or the creator is in a PID namespace
    /// that cannot be seen from here.</returns>
    public bool? IsOrphan(SharedMemoryInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info.AttachCount > 0 || _files?.HoldersOf(info.File).Count > 0)
        {
            return false;
        }

        // The kernel itself counts who has a segment; of an object only the processes tell.
        return info.Kind != nameof(IpcKind.SystemV) ? (_files is { Unreadable: 0 } ? true : null)
            : info.CreatorAlive == false ? true
            : info.CreatorProcessId is null or 0 ? null
            : false;
    }
}
