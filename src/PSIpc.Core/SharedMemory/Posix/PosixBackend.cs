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
                IpcErrorReason.SharedMemoryNameInvalid,
                $"'{address.Name}' is the name of a semaphore: the C library keeps them under '{SemaphorePrefix}'.");
        }

        return PosixObjects.Settle(address, () => Stat(PathOf(address), address) is { } existing
            ? UseExisting(address, request, existing)
            : CreateNew(address, request, progress, cancellationToken));
    }

    internal override SharedMemoryView Open(IpcAddress address, SharedMemoryAccess access) =>
        new PosixView(address, access, OpenObject(address, access));

    internal override SharedMemoryInfo Get(IpcAddress address) =>
        Snapshot(address.Name!, StatExact(PathOf(address), address));

    internal override ProbeResult? Probe(IpcAddress address) =>
        PosixObjects.Probe(address, Stat(PathOf(address), address));

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
        : SharedMemoryErrors.FromNative(
            call, address, error, () => Stat(PathOf(address), address) is { } stat ? Snapshot(address.Name!, stat) : null);

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
        PosixObjects.CheckFileSize(address, request.Size, Libc.GetFileSizeLimit());
        int flags = FcntlH.O_TMPFILE | FcntlH.O_RDWR | FcntlH.O_CLOEXEC;
        NativeResult result = Libc.Open(Folder, flags, (int)request.Mode, out SafeFileHandle opened);
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

        SharedMemoryAccess access = PosixObjects.AccessFor(request);
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
            throw SharedMemoryErrors.ForeignOwner(address, existing.Uid);
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
            $"{(size is null ? "" : $"{size} bytes for ")}{address}: {Folder} has {drive.AvailableFreeSpace} bytes free of "
                + $"{drive.TotalSize}. Remove objects there, or ask for less.",
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

    private static Statx StatExact(string path, IpcAddress address) => PosixObjects.Exact(address, Stat(path, address));

    private static SharedMemoryInfo Snapshot(IpcAddress address, SafeFileHandle file)
    {
        Check("statx", address, Libc.StatDescriptor(file, out Statx stat));
        return Snapshot(address.Name!, stat);
    }

    private static SharedMemoryInfo Snapshot(string name, in Statx stat) => PosixObjects.Snapshot(
        name,
        stat,
        DateTimeOffset.FromUnixTimeSeconds(stat.ChangeSeconds).AddTicks(stat.ChangeNanoseconds / 100).LocalDateTime,
        (long)stat.Blocks * BlockBytes);

    private static string PathOf(IpcAddress address) => $"{Folder}/{address.Name}";
}

/// <summary>An open POSIX object, read and written through its descriptor.</summary>
internal sealed class PosixView(IpcAddress address, SharedMemoryAccess access, SafeFileHandle file)
    : SharedMemoryView(address, access)
{
    private readonly ulong _fileSizeLimit = access == SharedMemoryAccess.Read ? 0 : Libc.GetFileSizeLimit();

    public override bool IsClosed => file.IsClosed;

    public override long Size
    {
        get
        {
            ObjectDisposedException.ThrowIf(file.IsClosed, this);
            return PosixBackend.Check("lseek", Address, Libc.SeekEnd(file)).Value;
        }
    }

    internal override bool IsRemoved => Status.LinkCount == 0;

    private protected override FileId? File => FileId.Of(Status);

    private Statx Status
    {
        get
        {
            ObjectDisposedException.ThrowIf(file.IsClosed, this);
            PosixBackend.Check("statx", Address, Libc.StatDescriptor(file, out Statx stat));
            return stat;
        }
    }

    protected override void Dispose(bool disposing) => file.Dispose();

    private protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            nint count = PosixBackend.Check("pread", Address, Libc.PRead(file, destination, offset)).Value;
            if (count == 0)
            {
                throw SharedMemoryErrors.Changed(Address, offset, Size);
            }

            destination = destination[(int)count..];
            offset += count;
        }
    }

    private protected override void WriteCore(long offset, ReadOnlySpan<byte> source)
    {
        PosixObjects.CheckFileSize(Address, offset + source.Length, _fileSizeLimit);
        PosixBackend.WriteAll(file, Address, offset, source);
    }
}

/// <summary>Where POSIX objects live, how much room is there and how many there are.</summary>
internal sealed record PosixUsage(string Path, long TotalBytes, long FreeBytes, int Objects);
