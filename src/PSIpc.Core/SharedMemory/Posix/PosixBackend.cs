using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Posix;

/// <summary>
/// POSIX objects where Linux keeps them (shm_overview(7)): files of <c>/dev/shm</c>, worked on through a descriptor and
/// never mapped, so that another process truncating one gives an error here and no SIGBUS.
/// </summary>
internal sealed class PosixBackend : SharedMemoryBackend
{
    private const string Folder = "/dev/shm";

    // glibc keeps named semaphores (sem_overview(7)) in the same folder under this prefix.
    private const string SemaphorePrefix = "sem.";

    // tmpfs undoes a whole reservation when a signal interrupts it, so a large one goes in steps.
    private const long ReserveStep = 64L << 20;

    private const int BlockBytes = 512;
    private static readonly int OpenFlags = FcntlH.O_CLOEXEC | FcntlH.O_NONBLOCK;

    internal static bool IsSupported => OperatingSystem.IsLinux() && Directory.Exists(Folder);

    internal override SharedMemoryInfo Create(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (address.Name!.StartsWith(SemaphorePrefix, StringComparison.Ordinal))
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryNameInvalid, $"'{address.Name}' is the name of a semaphore: the C library keeps them under '{SemaphorePrefix}'.");
        }

        for (int attempt = 1; attempt <= CreateAttempts; attempt++)
        {
            SharedMemoryInfo? info = Stat(PathOf(address), address) is { } existing
                ? UseExisting(address, request, existing)
                : CreateNew(address, request, progress, cancellationToken);
            if (info is not null)
            {
                return info;
            }
        }

        throw SharedMemoryErrors.Unsettled(address);
    }

    internal override SharedMemoryView Open(IpcAddress address, SharedMemoryAccess access) => new PosixView(address, access, OpenObject(address, access));

    internal override SharedMemoryInfo Get(IpcAddress address) =>
        Snapshot(address.Name!, StatExact(PathOf(address), address));

    internal override ProbeResult? Probe(IpcAddress address) =>
        Stat(PathOf(address), address) is { } stat && !address.IsAnother(stat) ? new((long)stat.Size, null) : null;

    internal override IEnumerable<SharedMemoryInfo> List()
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(Folder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (!name.StartsWith(SemaphorePrefix, StringComparison.Ordinal)
                && Libc.StatPath(path, out Statx stat).IsSuccess && stat.IsRegularFile)
            {
                yield return Snapshot(name, stat);
            }
        }
    }

    internal override void Remove(IpcAddress address)
    {
        string path = PathOf(address);
        _ = StatExact(path, address);
        Check("unlink", address, Libc.Unlink(path));
    }

    internal PosixUsage GetUsage()
    {
        var drive = new DriveInfo(Folder);
        return new(Folder, drive.TotalSize, drive.AvailableFreeSpace, List().Count());
    }

    /// <summary>Copies everything, or says why the object took less.</summary>
    internal static void WriteAll(SafeFileHandle file, IpcAddress address, long offset, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            nint written = Check("pwrite", address, Libc.PWrite(file, source, offset)).Value;
            source = source[(int)written..];
            offset += written;
        }
    }

    internal static NativeResult Check(string call, IpcAddress address, NativeResult result) =>
        result.IsSuccess ? result : throw Failed(call, address, result.Error);

    // Apart from the check, which then makes no closure for the calls that succeed.
    private static IpcException Failed(string call, IpcAddress address, NativeError error) => error.Code is Errno.ENOSPC
        ? NoSpace(address, error)
        : SharedMemoryErrors.FromNative(call, address, error, () => Stat(PathOf(address), address) is { } stat ? Snapshot(address.Name!, stat) : null);

    /// <summary>Refuses what the kernel would answer with a signal that ends the process (SIGXFSZ).</summary>
    /// <param name="address">What is written to.</param>
    /// <param name="end">Where the writing ends, in bytes from the start.</param>
    /// <param name="limit">RLIMIT_FSIZE.</param>
    internal static void CheckFileSize(IpcAddress address, long end, ulong limit)
    {
        if ((ulong)end > limit)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryTooLarge,
                $"{end} bytes of {address} are over this process's limit for a file: {limit} bytes (RLIMIT_FSIZE, ulimit -f). Nothing was written.",
                (int)Errno.EFBIG);
        }
    }

    internal override SharedMemoryLock NewLock(IpcAddress address) => new PosixLock(address);

    /// <summary>Opens the file behind a name, and nothing else that may be there.</summary>
    internal static SafeFileHandle OpenObject(IpcAddress address, SharedMemoryAccess access)
    {
        int flags = OpenFlags | FcntlH.O_NOFOLLOW | (access == SharedMemoryAccess.Read ? FcntlH.O_RDONLY : FcntlH.O_RDWR);
        NativeResult result = Libc.Open(PathOf(address), flags, 0, out SafeFileHandle file);
        try
        {
            Check("open", address, result);
            Check("statx", address, Libc.StatDescriptor(file, out Statx stat));
            return !stat.IsRegularFile ? throw SharedMemoryErrors.NotAnObject(address)
                : address.IsAnother(stat) ? throw SharedMemoryErrors.Replaced(address)
                : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Made without a name and linked when it is whole: it never appears half made, and goes with this process until then.
    // Null where somebody else was first.
    private static SharedMemoryInfo? CreateNew(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        CheckFileSize(address, request.Size, Libc.GetFileSizeLimit());
        NativeResult result = Libc.Open(Folder, FcntlH.O_TMPFILE | FcntlH.O_RDWR | FcntlH.O_CLOEXEC, (int)request.Mode, out SafeFileHandle opened);
        using SafeFileHandle file = opened;
        Check("open", address, result);
        Reserve(file, address, request.Size, progress, cancellationToken);
        WriteAll(file, address, 0, request.Content.Span);
        Check("fchmod", address, Libc.FChMod(file, (int)request.Mode));
        result = Libc.LinkDescriptor(file, PathOf(address));
        if (result.Error.Code == Errno.EEXIST)
        {
            return null;
        }

        Check("link", address, result);
        return Snapshot(address, file).WithCreated(true);
    }

    // Null where it was removed meanwhile.
    private static SharedMemoryInfo? UseExisting(IpcAddress address, SharedMemoryRequest request, in Statx existing)
    {
        if (!request.AllowExisting)
        {
            throw SharedMemoryErrors.Exists(address, new NativeError((int)Errno.EEXIST), Snapshot(address.Name!, existing));
        }

        SharedMemoryAccess access = request.Content.IsEmpty ? SharedMemoryAccess.Read : SharedMemoryAccess.ReadWrite;
        SafeFileHandle file;
        try
        {
            file = OpenObject(address, access);
        }
        catch (IpcException exception) when (exception.Reason == IpcErrorReason.SharedMemoryNotFound)
        {
            return null;
        }

        using var view = new PosixView(address, access, file);
        ThrowIfForeignOwner(address, file);
        if (view.Size < request.Size)
        {
            throw SharedMemoryErrors.SizeMismatch(address, request.Size, view.Size);
        }

        if (!request.Content.IsEmpty)
        {
            view.Write(0, request.Content.Span);
        }

        return Snapshot(address, file).WithCreated(false);
    }

    // Where everyone may create, another user may have been first: open(2) with O_CREAT refuses that too (proc(5), fs/protected_regular).
    private static void ThrowIfForeignOwner(IpcAddress address, SafeFileHandle file)
    {
        Check("statx", address, Libc.StatDescriptor(file, out Statx existing));
        if (existing.Uid != Libc.GetEUid() && Libc.StatPath(Folder, out Statx folder).IsSuccess && existing.Uid != folder.Uid)
        {
            throw SharedMemoryErrors.Planted(address, existing.Uid);
        }
    }

    // Reserved now, so that a write later cannot find the file system full.
    private static void Reserve(
        SafeFileHandle file, IpcAddress address, long size, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (size > new DriveInfo(Folder).AvailableFreeSpace)
        {
            throw NoSpace(address, new NativeError((int)Errno.ENOSPC), size);
        }

        for (long offset = 0; offset < size; offset += ReserveStep)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Check("posix_fallocate", address, Libc.PosixFallocate(file, offset, Math.Min(ReserveStep, size - offset)));
            progress?.Report(Math.Min(offset + ReserveStep, size));
        }
    }

    private static IpcException NoSpace(IpcAddress address, NativeError error, long? size = null)
    {
        var drive = new DriveInfo(Folder);
        return new(
            IpcErrorReason.SharedMemoryNoSpace,
            $"{(size is null ? "" : $"{size} bytes for ")}{address}: {Folder} has {drive.AvailableFreeSpace} bytes free of {drive.TotalSize}. Remove objects there, or ask for less.",
            error.Raw);
    }

    private static Statx? Stat(string path, IpcAddress address)
    {
        NativeError error = Libc.StatPath(path, out Statx stat).Error;
        return error.Code == Errno.ENOENT ? null
            : error.Raw != 0 ? throw SharedMemoryErrors.FromNative("statx", address, error, () => null)
            : stat.IsRegularFile ? stat
            : throw SharedMemoryErrors.NotAnObject(address);
    }

    private static Statx StatExact(string path, IpcAddress address) =>
        Stat(path, address) is not { } stat ? throw SharedMemoryErrors.NotFound(address)
        : address.IsAnother(stat) ? throw SharedMemoryErrors.Replaced(address)
        : stat;

    private static SharedMemoryInfo Snapshot(IpcAddress address, SafeFileHandle file)
    {
        Check("statx", address, Libc.StatDescriptor(file, out Statx stat));
        return Snapshot(address.Name!, stat);
    }

    private static SharedMemoryInfo Snapshot(string name, in Statx stat) => new()
    {
        Kind = IpcKind.Posix,
        Name = name,
        File = FileId.Of(stat),
        Size = (long)stat.Size,
        Mode = (UnixFileMode)(stat.Mode & 0b111_111_111),
        Owner = UserNames.OfUser(stat.Uid),
        Group = UserNames.OfGroup(stat.Gid),
        ChangeTime = DateTimeOffset.FromUnixTimeSeconds(stat.ChangeSeconds).AddTicks(stat.ChangeNanoseconds / 100).LocalDateTime,
        ResidentBytes = (long)stat.Blocks * BlockBytes,
    };

    private static string PathOf(IpcAddress address) => $"{Folder}/{address.Name}";
}
