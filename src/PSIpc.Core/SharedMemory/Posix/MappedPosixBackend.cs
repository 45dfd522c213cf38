using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Posix;

/// <summary>
/// POSIX objects where they can only be mapped, by shm_open(3), ftruncate(2) and mmap(2): macOS has no calls to read or write one, sizes
/// it once and in whole pages, so that a mapping never loses its end, and has no folder to list them.
/// </summary>
internal sealed class MappedPosixBackend : SharedMemoryBackend
{
    /// <summary>The user that may do everything anyway.</summary>
    internal const uint Root = 0;

    // How long another process may take between creating an object and giving it its size.
    private static readonly TimeSpan SizePatience = TimeSpan.FromMilliseconds(100);

    internal override SharedMemoryInfo Create(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress, CancellationToken cancellationToken) =>
        PosixObjects.Settle(address, () => CreateNew(address, request) ?? UseExisting(address, request));

    internal override SharedMemoryView Open(IpcAddress address, SharedMemoryAccess access)
    {
        using SafeFileHandle file = OpenObject(address, access);
        return Map(address, access, file);
    }

    internal override SharedMemoryInfo Get(IpcAddress address) =>
        PosixObjects.Snapshot(address.Name!, StatExact(address));

    internal override ProbeResult? Probe(IpcAddress address) =>
        PosixObjects.Probe(address, Stat(address));

    /// <summary>None: macOS has no list of names.</summary>
    internal override IEnumerable<SharedMemoryInfo> List() => [];

    internal override void Remove(IpcAddress address)
    {
        if (address.IsExact)
        {
            _ = StatExact(address);
        }

        SharedMemoryErrors.Check("shm_unlink", address, Libc.ShmUnlink(NameOf(address)));
    }

    internal override SharedMemoryLock NewLock(IpcAddress address) => new MappedPosixLock(address);

    /// <summary>Whether the object that is meant has the name; also one that this user may not open.</summary>
    internal static bool Exists(IpcAddress address)
    {
        NativeResult result = Libc.ShmOpen(NameOf(address), FcntlH.O_RDONLY, 0, out SafeFileHandle opened);
        using SafeFileHandle file = opened;
        return result.Error.Code != Errno.ENOENT && (!result.IsSuccess || !address.IsAnother(Stat(address, file)));
    }

    /// <summary>What the system knows of the object that is meant.</summary>
    /// <exception cref="IpcException">No object has the name, or another one.</exception>
    internal static Statx StatExact(IpcAddress address) => PosixObjects.Exact(address, Stat(address));

    /// <summary>What the system knows of the object with this name; null where there is none.</summary>
    internal static Statx? Stat(IpcAddress address)
    {
        NativeResult result = Libc.ShmOpen(NameOf(address), FcntlH.O_RDONLY, 0, out SafeFileHandle opened);
        using SafeFileHandle file = opened;
        if (result.Error.Code == Errno.ENOENT)
        {
            return null;
        }

        SharedMemoryErrors.Check("shm_open", address, result);
        return Stat(address, file);
    }

    // Null where somebody else was first. What was created and cannot be finished is removed.
    private static SharedMemoryInfo? CreateNew(IpcAddress address, SharedMemoryRequest request)
    {
        PosixObjects.CheckFileSize(address, request.Size, Libc.GetFileSizeLimit());

        // The kernel would make its own structures for a size that nobody can ever map.
        if (!Libc.CanMap(request.Size))
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryTooLarge,
                $"{request.Size} bytes for {address} are more than this process has addresses for. Ask for less.",
                (int)Errno.ENOMEM);
        }

        int flags = FcntlH.O_RDWR | FcntlH.O_CREAT | FcntlH.O_EXCL;
        NativeResult result = Libc.ShmOpen(NameOf(address), flags, (int)request.Mode, out SafeFileHandle opened);
        using SafeFileHandle file = opened;
        if (result.Error.Code == Errno.EEXIST)
        {
            return null;
        }

        SharedMemoryErrors.Check("shm_open", address, result);
        try
        {
            if (!OperatingSystem.IsMacOS())
            {
                // The umask has cut the mode; macOS leaves it as given, and has no fchmod for it.
                SharedMemoryErrors.Check("fchmod", address, Libc.FChMod(file, (int)request.Mode));
            }

            SharedMemoryErrors.Check("ftruncate", address, Libc.FTruncate(file, request.Size));
            if (!request.Content.IsEmpty)
            {
                using SharedMemoryView view = Map(address, SharedMemoryAccess.ReadWrite, file);
                view.Write(0, request.Content.Span);
            }

            return PosixObjects.Snapshot(address.Name!, Stat(address, file)).WithCreated(true);
        }
        catch
        {
            Libc.ShmUnlink(NameOf(address));
            throw;
        }
    }

    // Null where it was removed meanwhile.
    private static SharedMemoryInfo? UseExisting(IpcAddress address, SharedMemoryRequest request)
    {
        if (!request.AllowExisting)
        {
            var error = new NativeError((int)Errno.EEXIST);
            throw SharedMemoryErrors.Exists(address, error, IfReadable(address));
        }

        SharedMemoryAccess access = PosixObjects.AccessFor(request);
        NativeResult result = Libc.ShmOpen(NameOf(address), Flags(access), 0, out SafeFileHandle opened);
        using SafeFileHandle file = opened;
        if (result.Error.Code == Errno.ENOENT)
        {
            return null;
        }

        SharedMemoryErrors.Check("shm_open", address, result);
        Statx stat = StatWhenSized(address, file);
        if (stat.Uid != Libc.GetEUid() && stat.Uid != Root)
        {
            throw SharedMemoryErrors.ForeignOwner(address, stat.Uid);
        }

        if ((long)stat.Size < request.Size)
        {
            throw SharedMemoryErrors.SizeMismatch(address, request.Size, (long)stat.Size);
        }

        if (!request.Content.IsEmpty)
        {
            using SharedMemoryView view = Map(address, access, file);
            view.Write(0, request.Content.Span);
        }

        return PosixObjects.Snapshot(address.Name!, stat).WithCreated(false);
    }

    private static Statx StatWhenSized(IpcAddress address, SafeFileHandle file)
    {
        var deadline = Deadline.In(SizePatience);
        Statx stat = Stat(address, file);
        while (stat.Size == 0 && !deadline.HasPassed)
        {
            Thread.Sleep(1);
            stat = Stat(address, file);
        }

        return stat;
    }

    private static SharedMemoryInfo? IfReadable(IpcAddress address)
    {
        try
        {
            return Stat(address) is { } stat ? PosixObjects.Snapshot(address.Name!, stat) : null;
        }
        catch (IpcException exception) when (exception.Reason == IpcErrorReason.SharedMemoryAccessDenied)
        {
            return null;
        }
    }

    private static SafeFileHandle OpenObject(IpcAddress address, SharedMemoryAccess access)
    {
        NativeResult result = Libc.ShmOpen(NameOf(address), Flags(access), 0, out SafeFileHandle file);
        if (result.IsSuccess)
        {
            return file;
        }

        file.Dispose();
        throw SharedMemoryErrors.FromNative("shm_open", address, result.Error, () => IfReadable(address));
    }

    private static MappedPosixView Map(IpcAddress address, SharedMemoryAccess access, SafeFileHandle file)
    {
        Statx stat = Stat(address, file);
        if (address.IsAnother(stat))
        {
            throw SharedMemoryErrors.Replaced(address);
        }

        if (stat.Size == 0)
        {
            return new MappedPosixView(address, access, SafePosixMapping.Nothing, stat);
        }

        bool writes = access == SharedMemoryAccess.ReadWrite;
        SharedMemoryErrors.Check("mmap", address, Libc.Map(file, (long)stat.Size, writes, out SafePosixMapping mapping));
        return new MappedPosixView(address, access, mapping, stat);
    }

    private static Statx Stat(IpcAddress address, SafeFileHandle file)
    {
        SharedMemoryErrors.Check("fstat", address, Libc.StatDescriptor(file, out Statx stat));
        return stat;
    }

    private static int Flags(SharedMemoryAccess access) => access == SharedMemoryAccess.Read ? FcntlH.O_RDONLY : FcntlH.O_RDWR;

    private static string NameOf(IpcAddress address) => $"/{address.Name}";
}

/// <summary>A mapped POSIX object. Its descriptor is closed: a mapping needs none.</summary>
internal sealed class MappedPosixView(IpcAddress address, SharedMemoryAccess access, SafePosixMapping mapping, in Statx stat)
    : MappedView(address, access, mapping, (long)stat.Size)
{
    internal override bool IsRemoved => !MappedPosixBackend.Exists(ToExactAddress());

    private protected override FileId? File { get; } = FileId.Of(stat);
}
