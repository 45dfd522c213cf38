using PSIpc.Objects;
using PSIpc.Procfs;
using PSIpc.SharedMemory.Posix;
using PSIpc.SharedMemory.SystemV;
using PSIpc.SharedMemory.Windows;
using PSIpc.Signals;

namespace PSIpc.SharedMemory;

/// <summary>Shared memory of this system, of every kind: creating, finding, opening, removing.</summary>
/// <remarks>Every method throws <see cref="IpcException"/> with a reason of its own; nothing is changed when it does.</remarks>
public static class SharedMemoryObject
{
    private static readonly SystemVBackend? SystemV = SystemVBackend.IsSupported ? new() : null;
    private static readonly WindowsBackend? Windows = OperatingSystem.IsWindows() ? new() : null;

    /// <summary>Gets the backend of POSIX objects. Tests set it to the one of macOS, whose code runs on Linux, too.</summary>
    internal static SharedMemoryBackend? Posix { get; set; } =
        OperatingSystem.IsMacOS() ? new MappedPosixBackend()
        : PosixBackend.IsSupported ? new PosixBackend()
        : null;

    /// <summary>The user that this process creates shared memory as, as <see cref="SharedMemoryInfo.Owner"/> has it.</summary>
    public static string CurrentUser => UserNames.Current;

    /// <summary>Creates a segment, an object, or a section, which this process then holds until it removes it or ends.</summary>
    /// <param name="address">A key, a name, or <see cref="IpcAddress.Private"/>.</param>
    /// <param name="request">The size, the mode, and whether one that exists will do.</param>
    /// <param name="progress">Receives on this thread, after each step, how many bytes of a POSIX object are reserved.</param>
    /// <param name="cancellationToken">Ends the reservation of a POSIX object between two steps; nothing is left of the object.</param>
    /// <returns>A snapshot with <see cref="SharedMemoryInfo.Created"/> set.</returns>
    /// <exception cref="IpcException">It exists, a limit is reached, the size is below 1 or over what exists.</exception>
    /// <exception cref="OperationCanceledException">Thrown when the creation was cancelled.</exception>
    public static SharedMemoryInfo Create(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Size < 1)
        {
            throw new IpcException(IpcErrorReason.SharedMemorySizeInvalid, $"Shared memory of {request.Size} bytes cannot be: the size is 1 byte or more.");
        }

        if (request.Content.Length > request.Size)
        {
            throw SharedMemoryErrors.ValueTooLarge(address, 0, request.Content.Length, request.Size);
        }

        return BackendOf(address).Create(address, request, progress, cancellationToken);
    }

    /// <summary>Opens memory that exists; the caller disposes the view.</summary>
    /// <param name="address">A key, an id or a name.</param>
    /// <param name="access">What the view may do.</param>
    /// <exception cref="IpcException">It does not exist, is marked for removal, or is somebody else's.</exception>
    public static SharedMemoryView Open(IpcAddress address, SharedMemoryAccess access = SharedMemoryAccess.ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(address);
        return BackendOf(address).Open(address, access);
    }

    /// <summary>A snapshot of one.</summary>
    /// <param name="address">A key, an id or a name.</param>
    /// <exception cref="IpcException">It does not exist.</exception>
    public static SharedMemoryInfo Get(IpcAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return BackendOf(address).Get(address);
    }

    /// <summary>
    /// Snapshots of all segments and objects, the segments first; on macOS, which has no list of objects, of all segments; on Windows of the
    /// sections that this process holds.
    /// </summary>
    public static IEnumerable<SharedMemoryInfo> List() => (SystemV?.List() ?? []).Concat(Posix?.List() ?? []).Concat(Windows?.List() ?? []);

    /// <summary>Looks for the processes that have shared memory attached, mapped or open.</summary>
    /// <param name="infos">Snapshots, as <see cref="Get"/> and <see cref="List"/> gave them.</param>
    /// <param name="cancellationToken">Ends the search, which takes longer the more processes there are.</param>
    /// <exception cref="IpcException">This system does not show them: Windows. On macOS only the attachments of segments are known.</exception>
    /// <exception cref="OperationCanceledException">The look was cancelled.</exception>
    public static SharedMemoryHolders FindHolders(IEnumerable<SharedMemoryInfo> infos, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(infos);
        return OperatingSystem.IsWindows()
            ? throw new IpcException(IpcErrorReason.PlatformNotSupported, "Which processes have shared memory is known on Linux alone.")
            : new SharedMemoryHolders(OperatingSystem.IsMacOS() ? null : ProcessFiles.Find(infos.Select(static info => info.File), cancellationToken));
    }

    /// <summary>Removes a segment (IPC_RMID) or an object's name (shm_unlink); a section is let go, and goes with the last process that holds it.</summary>
    /// <param name="address">A key, an id or a name.</param>
    /// <exception cref="IpcException">It does not exist, is marked already, or is somebody else's.</exception>
    public static void Remove(IpcAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        BackendOf(address).Remove(address);
    }

    /// <summary>Waits until a condition holds: quick to notice while things happen, cheap while they do not.</summary>
    /// <param name="address">A key, an id or a name; it need not exist when its existence or its removal is waited for.</param>
    /// <param name="condition">What to wait for.</param>
    /// <param name="timeout">How long; 0 for one look, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="progress">Receives on this thread, many times a second, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>A snapshot; null where there is nothing any more.</returns>
    /// <exception cref="IpcException">The time is over (<see cref="IpcErrorReason.WaitTimeout"/>), or the memory does not exist or is removed
    /// meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static SharedMemoryInfo? Wait(
        IpcAddress address, SharedMemoryCondition condition, TimeSpan timeout, IProgress<TimeSpan>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(condition);
        var wait = new PollingWait(timeout, () => $"{address} {condition}", progress, cancellationToken);
        SharedMemoryBackend backend = BackendOf(address);
        if (!condition.ReadsContent)
        {
            wait.Until(condition.Watch(backend, address));
            return Find(address, condition);
        }

        using SharedMemoryView view = backend.Open(address, SharedMemoryAccess.Read);
        WaitProbe probe = condition.Watch(view);
        wait.Until((out long fingerprint) =>
        {
            bool isMet = probe(out fingerprint);
            if (!isMet && view.IsRemoved)
            {
                throw SharedMemoryErrors.RemovedMeanwhile(address);
            }

            return isMet;
        });
        return Find(address, condition);
    }

    /// <summary>Waits on memory that is open. After its removal the wait goes on: whoever still has it open can change it.</summary>
    /// <param name="view">The open memory.</param>
    /// <param name="condition">What to wait for.</param>
    /// <param name="timeout">How long; 0 for one look, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="progress">Receives on this thread, many times a second, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>A snapshot of this very memory, also when it is marked for removal; null where it can no longer be looked at.</returns>
    /// <exception cref="IpcException">The time is over (<see cref="IpcErrorReason.WaitTimeout"/>).</exception>
    /// <exception cref="ObjectDisposedException">The view is closed.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static SharedMemoryInfo? Wait(
        SharedMemoryView view, SharedMemoryCondition condition, TimeSpan timeout, IProgress<TimeSpan>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(condition);
        IpcAddress address = view.ExactAddress;
        var wait = new PollingWait(timeout, () => $"{address} {condition}", progress, cancellationToken);
        wait.Until(condition.ReadsContent ? condition.Watch(view) : condition.Watch(BackendOf(view.Address), address));
        return Find(address, condition);
    }

    /// <summary>Takes the lock of memory that exists: no other process that takes it too has it meanwhile.</summary>
    /// <param name="address">A key, an id or a name; the lock is the same for a key and the id that it has.</param>
    /// <param name="timeout">How long to wait for it; 0 for one look, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="progress">Receives on this thread, many times a second, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock, given back by disposing it, by <see cref="Unlock"/>, or by the end of the process.</returns>
    /// <exception cref="IpcException">The time is over (<see cref="IpcErrorReason.WaitTimeout"/>), this process has it already
    /// (<see cref="IpcErrorReason.SharedMemoryLockHeld"/>), or the memory does not exist.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static SharedMemoryLock Lock(IpcAddress address, TimeSpan timeout, IProgress<TimeSpan>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return SharedMemoryLock.Acquire(BackendOf(address).NewLock(address), timeout, progress, cancellationToken);
    }

    /// <summary>Gives back the lock that this process has; also when the memory was removed meanwhile.</summary>
    /// <param name="address">The key, id or name of the memory.</param>
    /// <exception cref="IpcException">This process does not have it (<see cref="IpcErrorReason.SharedMemoryLockNotHeld"/>).</exception>
    public static void Unlock(IpcAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        (SharedMemoryLock.Find(address) ?? throw SharedMemoryErrors.LockNotHeld(address)).Dispose();
    }

    /// <summary>Opens the process that created a segment, and no other that has its ID now.</summary>
    /// <param name="info">A snapshot of the segment.</param>
    /// <returns>The process, which the caller disposes.</returns>
    /// <exception cref="IpcException">
    /// Thrown when the creator is not known (<see cref="IpcErrorReason.ProcessIdInvalid"/>), when it has ended
    /// (<see cref="IpcErrorReason.ProcessNotFound"/>), or when the process with its ID may be another one
    /// (<see cref="IpcErrorReason.ProcessCreatorUncertain"/>).
    /// </exception>
    public static SignalTarget OpenCreator(SharedMemoryInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return SegmentCreator.Open(info);
    }

    /// <summary>The limits of this system and what is in use.</summary>
    public static SharedMemoryLimit GetLimit()
    {
        SystemVUsage? segments = SystemV?.GetUsage();
        PosixUsage? objects = (Posix as PosixBackend)?.GetUsage();
        return new()
        {
            MaxSegmentBytes = segments?.MaxSegmentBytes,
            MaxTotalPages = segments?.MaxTotalPages,
            MaxSegments = segments?.MaxSegments,
            PageBytes = Environment.SystemPageSize,
            UsedSegments = segments?.UsedSegments,
            UsedPages = segments?.UsedPages,
            ResidentBytes = segments?.ResidentBytes,
            SwappedBytes = segments?.SwappedBytes,
            PosixPath = objects?.Path,
            PosixBytes = objects?.TotalBytes,
            PosixFreeBytes = objects?.FreeBytes,
            PosixObjects = objects?.Objects,
        };
    }

    // The snapshot after a wait; null where there is nothing any more.
    private static SharedMemoryInfo? Find(IpcAddress address, SharedMemoryCondition condition)
    {
        try
        {
            return condition == SharedMemoryCondition.Removed ? null : Get(address);
        }
        catch (IpcException exception) when (exception.Reason is IpcErrorReason.SharedMemoryNotFound or IpcErrorReason.SharedMemoryReplaced)
        {
            return null;
        }
    }

    private static SharedMemoryBackend BackendOf(IpcAddress address) => address.Kind switch
    {
        IpcKind.SystemV when SystemV is not null => SystemV,
        IpcKind.Posix when Posix is not null => Posix,
        IpcKind.Windows when Windows is not null => Windows,
        IpcKind.SystemV when OperatingSystem.IsWindows() => throw SystemVKey.NotSupported(),
        _ => throw new IpcException(IpcErrorReason.PlatformNotSupported, $"PSIpc has no {address.Kind} shared memory on this system."),
    };
}

/// <summary>What to create.</summary>
public sealed record SharedMemoryRequest
{
    /// <summary>The size in bytes, one or more. The kernel keeps it exact and rounds the memory up to pages; Windows keeps the pages alone.</summary>
    public required long Size { get; init; }

    /// <summary>The permission bits, not cut by the umask. Windows has none: a section is its user's.</summary>
    public UnixFileMode Mode { get; init; } = UnixMode.Default;

    /// <summary>Whether one that exists will do (IPC_CREAT without IPC_EXCL): it is opened as it is, never resized.</summary>
    public bool AllowExisting { get; init; }

    /// <summary>What to write at offset 0, at most the size.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }
}

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
