using PSIpc.Objects;
using PSIpc.Procfs;

namespace PSIpc.SharedMemory;

/// <summary>The processes that had shared memory attached, mapped, or open at one moment (proc(5)).</summary>
public sealed class SharedMemoryHolders
{
    private readonly ProcessFiles? _files;

    /// <summary>Keeps what was found.</summary>
    /// <param name="files">The files of processes; null where the system shows only how many attachments a segment has.</param>
    internal SharedMemoryHolders(ProcessFiles? files) => _files = files;

    /// <summary>Gets how many processes this user may not examine. Each may have any of the memory.</summary>
    public int UnreadableProcesses => _files?.Unreadable ?? 0;

    /// <summary>Returns the snapshot with the IDs of the processes that have the memory.</summary>
    /// <param name="info">One of the snapshots that the search was for.</param>
    /// <exception cref="IpcException">Thrown on macOS (<see cref="IpcErrorReason.PlatformNotSupported"/>).</exception>
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
    /// Returns whether no process uses the memory: a segment that no process has attached and whose creator's ID no process has, or an
    /// object that no process maps or has open, because the system does not record who created an object. Times do not count, because a
    /// clock can be set.
    /// </summary>
    /// <param name="info">One of the snapshots that the search was for.</param>
    /// <returns>
    /// True or false; null when it is unknown, because a process that cannot be examined may have the object open, or because the creator
    /// is in a PID namespace that cannot be seen from here.
    /// </returns>
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
