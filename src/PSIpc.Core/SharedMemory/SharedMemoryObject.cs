using PSIpc.Objects;
using PSIpc.Procfs;
using PSIpc.SharedMemory.Posix;
using PSIpc.SharedMemory.SystemV;
using PSIpc.SharedMemory.Windows;
using PSIpc.Signals;

namespace PSIpc.SharedMemory;

/// <summary>Creates, finds, opens, and removes shared memory of every kind that this system has.</summary>
/// <remarks>Each failure is an <see cref="IpcException"/> with a reason of its own. A call that throws has changed nothing.</remarks>
public static class SharedMemoryObject
{
    private static readonly SystemVBackend? SystemV = SystemVBackend.IsSupported ? new() : null;
    private static readonly WindowsBackend? Windows = OperatingSystem.IsWindows() ? new() : null;

    /// <summary>Gets the backend of POSIX objects. Tests set it to the one of macOS, whose code runs on Linux, too.</summary>
    internal static SharedMemoryBackend? Posix { get; set; } =
        OperatingSystem.IsMacOS() ? new MappedPosixBackend()
        : PosixBackend.IsSupported ? new PosixBackend()
        : null;

    /// <summary>Gets the user that this process creates shared memory as, as <see cref="SharedMemoryInfo.Owner"/> shows it.</summary>
    public static string CurrentUser => UserNames.Current;

    /// <summary>
    /// Creates a segment (shmget(2)), an object (shm_open(3)), or a section (CreateFileMapping). This process holds a section until it
    /// removes it or ends.
    /// </summary>
    /// <param name="address">A key, a name, or <see cref="IpcAddress.Private"/>.</param>
    /// <param name="request">The size, the mode, and whether one that exists will do.</param>
    /// <param name="progress">Receives on this thread, after each step, how many bytes of a POSIX object are reserved.</param>
    /// <param name="cancellationToken">Ends the reservation of a POSIX object between two steps; nothing is left of the object.</param>
    /// <returns>A snapshot with <see cref="SharedMemoryInfo.Created"/> set.</returns>
    /// <exception cref="IpcException">
    /// Thrown when the memory exists (<see cref="IpcErrorReason.SharedMemoryExists"/>), when the size is less than 1 byte
    /// (<see cref="IpcErrorReason.SharedMemorySizeInvalid"/>) or more than the size of the existing memory
    /// (<see cref="IpcErrorReason.SharedMemorySizeMismatch"/>), or when a limit of the system is reached.
    /// </exception>
    /// <exception cref="OperationCanceledException">Thrown when the creation was canceled.</exception>
    public static SharedMemoryInfo Create(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Size < 1)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemorySizeInvalid, $"Shared memory of {request.Size} bytes cannot be: the size is 1 byte or more.");
        }

        if (request.Content.Length > request.Size)
        {
            throw SharedMemoryErrors.ValueTooLarge(address, 0, request.Content.Length, request.Size);
        }

        return BackendOf(address).Create(address, request, progress, cancellationToken);
    }

    /// <summary>Opens memory that exists. The caller disposes the view.</summary>
    /// <param name="address">A key, an ID, or a name.</param>
    /// <param name="access">The access that the view needs.</param>
    /// <exception cref="IpcException">
    /// Thrown when the memory is not found (<see cref="IpcErrorReason.SharedMemoryNotFound"/>), is marked for removal
    /// (<see cref="IpcErrorReason.SharedMemoryMarkedForRemoval"/>), or denies the access
    /// (<see cref="IpcErrorReason.SharedMemoryAccessDenied"/>).
    /// </exception>
    public static SharedMemoryView Open(IpcAddress address, SharedMemoryAccess access = SharedMemoryAccess.ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(address);
        return BackendOf(address).Open(address, access);
    }

    /// <summary>Returns a snapshot of one segment, object, or section.</summary>
    /// <param name="address">A key, an ID, or a name.</param>
    /// <exception cref="IpcException">
    /// Thrown when the memory is not found (<see cref="IpcErrorReason.SharedMemoryNotFound"/>).
    /// </exception>
    public static SharedMemoryInfo Get(IpcAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return BackendOf(address).Get(address);
    }

    /// <summary>
    /// Returns snapshots of all segments and objects, the segments first. macOS has no list of objects, so there it returns the segments.
    /// On Windows it returns the sections that this process holds.
    /// </summary>
    public static IEnumerable<SharedMemoryInfo> List() => (SystemV?.List() ?? []).Concat(Posix?.List() ?? []).Concat(Windows?.List() ?? []);

    /// <summary>Finds the processes that have shared memory attached, mapped, or open (proc(5)).</summary>
    /// <param name="infos">Snapshots, as <see cref="Get"/> and <see cref="List"/> return them.</param>
    /// <param name="cancellationToken">Ends the search, which takes longer the more processes there are.</param>
    /// <exception cref="IpcException">
    /// Thrown on Windows (<see cref="IpcErrorReason.PlatformNotSupported"/>). macOS shows how many attachments a segment has.
    /// </exception>
    /// <exception cref="OperationCanceledException">Thrown when the search was canceled.</exception>
    public static SharedMemoryHolders FindHolders(IEnumerable<SharedMemoryInfo> infos, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(infos);
        return OperatingSystem.IsWindows()
            ? throw new IpcException(IpcErrorReason.PlatformNotSupported, "Which processes have shared memory is known on Linux alone.")
            : new SharedMemoryHolders(
                OperatingSystem.IsMacOS() ? null : ProcessFiles.Find(infos.Select(static info => info.File), cancellationToken));
    }

    /// <summary>
    /// Removes a segment (shmctl(2), IPC_RMID) or the name of an object (shm_unlink(3)), or closes the handle of a section, which exists
    /// until the last process closes it.
    /// </summary>
    /// <param name="address">A key, an ID, or a name.</param>
    /// <exception cref="IpcException">
    /// Thrown when the memory is not found (<see cref="IpcErrorReason.SharedMemoryNotFound"/>), is already marked for removal
    /// (<see cref="IpcErrorReason.SharedMemoryMarkedForRemoval"/>), or belongs to another user
    /// (<see cref="IpcErrorReason.SharedMemoryAccessDenied"/>).
    /// </exception>
    public static void Remove(IpcAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        BackendOf(address).Remove(address);
    }

    /// <summary>Waits until a condition is met.</summary>
    /// <param name="address">
    /// A key, an ID, or a name. The memory need not exist if <see cref="SharedMemoryCondition.Exists"/> or
    /// <see cref="SharedMemoryCondition.Removed"/> is waited for.
    /// </param>
    /// <param name="condition">The condition.</param>
    /// <param name="timeout">The time; 0 checks once, <see cref="Timeout.InfiniteTimeSpan"/> waits indefinitely.</param>
    /// <param name="progress">Receives on this thread, many times a second, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>A snapshot; null when the memory does not exist any more.</returns>
    /// <exception cref="IpcException">
    /// Thrown when the wait timed out (<see cref="IpcErrorReason.WaitTimeout"/>), or when the memory is not found or was removed
    /// during the wait (<see cref="IpcErrorReason.SharedMemoryNotFound"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was canceled.</exception>
    public static SharedMemoryInfo? Wait(
        IpcAddress address,
        SharedMemoryCondition condition,
        TimeSpan timeout,
        IProgress<TimeSpan>? progress = null,
        CancellationToken cancellationToken = default)
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

    /// <summary>
    /// Waits on memory that is open. The wait continues after a removal, because a process that has the memory open can still change it.
    /// </summary>
    /// <param name="view">The open memory.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="timeout">The time; 0 checks once, <see cref="Timeout.InfiniteTimeSpan"/> waits indefinitely.</param>
    /// <param name="progress">Receives on this thread, many times a second, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>A snapshot of the same memory, also when it is marked for removal; null when it can no longer be found.</returns>
    /// <exception cref="IpcException">Thrown when the wait timed out (<see cref="IpcErrorReason.WaitTimeout"/>).</exception>
    /// <exception cref="ObjectDisposedException">Thrown when the view is closed.</exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was canceled.</exception>
    public static SharedMemoryInfo? Wait(
        SharedMemoryView view,
        SharedMemoryCondition condition,
        TimeSpan timeout,
        IProgress<TimeSpan>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(condition);
        IpcAddress address = view.ToExactAddress();
        var wait = new PollingWait(timeout, () => $"{address} {condition}", progress, cancellationToken);
        wait.Until(condition.ReadsContent ? condition.Watch(view) : condition.Watch(BackendOf(view.Address), address));
        return Find(address, condition);
    }

    /// <summary>
    /// Acquires the lock of memory that exists: a semaphore of System V with the key of the segment (semop(2)), flock(2) of an object, or
    /// a mutex of Windows.
    /// </summary>
    /// <param name="address">A key, an ID, or a name. A segment has one lock, whether its key or its ID is given.</param>
    /// <param name="timeout">The time; 0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits indefinitely.</param>
    /// <param name="progress">Receives on this thread, many times a second, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock. It is released by disposing it, by <see cref="Unlock"/>, or by the end of the process.</returns>
    /// <exception cref="IpcException">
    /// Thrown when the wait timed out (<see cref="IpcErrorReason.WaitTimeout"/>), when this process holds the lock already
    /// (<see cref="IpcErrorReason.SharedMemoryLockHeld"/>), or when the memory is not found
    /// (<see cref="IpcErrorReason.SharedMemoryNotFound"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was canceled.</exception>
    public static SharedMemoryLock Lock(
        IpcAddress address, TimeSpan timeout, IProgress<TimeSpan>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return SharedMemoryLock.Acquire(BackendOf(address).NewLock(address), timeout, progress, cancellationToken);
    }

    /// <summary>Releases the lock that this process holds, even if the memory was removed.</summary>
    /// <param name="address">The key, ID, or name of the memory.</param>
    /// <exception cref="IpcException">
    /// Thrown when this process does not hold the lock (<see cref="IpcErrorReason.SharedMemoryLockNotHeld"/>).
    /// </exception>
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

    /// <summary>Returns the limits of this system and what is in use.</summary>
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

/// <summary>Describes the shared memory to create.</summary>
public sealed record SharedMemoryRequest
{
    /// <summary>
    /// Gets the size in bytes, 1 or more. The kernel keeps the exact size and rounds the memory up to whole pages; Windows keeps the size
    /// in whole pages only.
    /// </summary>
    public required long Size { get; init; }

    /// <summary>
    /// Gets the nine permission bits. The default is 0600. The umask does not change them. Windows has none: a section belongs to its user.
    /// </summary>
    public UnixFileMode Mode { get; init; } = UnixMode.Default;

    /// <summary>
    /// Gets whether existing memory is opened (IPC_CREAT without IPC_EXCL). It keeps its size and mode. The default is false.
    /// </summary>
    public bool AllowExisting { get; init; }

    /// <summary>Gets the bytes to write at offset 0, at most <see cref="Size"/>. By default, nothing is written.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }
}

/// <summary>The limits of shared memory on this system, and what is in use. A limit that the system does not have is null.</summary>
public sealed class SharedMemoryLimit
{
    /// <summary>Gets the size of the largest System V segment in bytes (SHMMAX).</summary>
    public ulong? MaxSegmentBytes { get; init; }

    /// <summary>Gets the size of all System V segments together in pages (SHMALL).</summary>
    public ulong? MaxTotalPages { get; init; }

    /// <summary>Gets the largest number of System V segments (SHMMNI).</summary>
    public int? MaxSegments { get; init; }

    /// <summary>Gets the size of a page in bytes, the unit of SHMALL.</summary>
    public int PageBytes { get; init; }

    /// <summary>Gets the number of System V segments.</summary>
    public int? UsedSegments { get; init; }

    /// <summary>Gets the number of pages of all System V segments.</summary>
    public ulong? UsedPages { get; init; }

    /// <summary>Gets how many bytes of the segments are in memory.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>Gets how many bytes of the segments are in swap.</summary>
    public long? SwappedBytes { get; init; }

    /// <summary>Gets the directory of POSIX objects.</summary>
    public string? PosixPath { get; init; }

    /// <summary>Gets the size of its file system in bytes.</summary>
    public long? PosixBytes { get; init; }

    /// <summary>Gets how many bytes of it are available to this user.</summary>
    public long? PosixFreeBytes { get; init; }

    /// <summary>Gets the number of POSIX objects.</summary>
    public int? PosixObjects { get; init; }
}
