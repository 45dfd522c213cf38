using System.Runtime.InteropServices;
using PSIpc.Interop;
using PSIpc.Objects;
using PSIpc.Procfs;

namespace PSIpc.SharedMemory.SystemV;

/// <summary>System V segments by shmget(2), shmat(2), shmdt(2) and shmctl(2).</summary>
internal sealed class SystemVBackend : SharedMemoryBackend
{
    // The owner's bits of a mode, which stand for the caller's own access in shmget(2).
    private const int ReadAndWrite = 0b110_000_000;

    internal static bool IsSupported =>
        !OperatingSystem.IsWindows()
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64
        && SegmentTable.Exists;

    internal override SharedMemoryInfo Create(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        (int id, bool created) = CreateOrOpen(address, request);
        var segment = IpcAddress.FromId(id);
        try
        {
            if (!request.Content.IsEmpty)
            {
                using SystemVView view = Open(segment, SharedMemoryAccess.ReadWrite);
                view.Write(0, request.Content.Span);
            }

            return Get(segment).WithCreated(created);
        }
        catch when (created)
        {
            Libc.ShmRemove(id);
            throw;
        }
    }

    internal override SystemVView Open(IpcAddress address, SharedMemoryAccess access)
    {
        int id = FindId(address);
        Check("shmctl(IPC_STAT)", address, Libc.ShmStat(id, out ShmidDs stat));

        // Linux would attach it still; other systems refuse, and what is written there is lost with the last detach.
        if ((stat.Perm.Mode & SysShmH.SHM_DEST) != 0)
        {
            throw SharedMemoryErrors.MarkedForRemoval(address, (long)stat.AttachCount);
        }

        NativeResult attached = Check("shmat", address, Libc.ShmAt(id, access == SharedMemoryAccess.Read ? SysShmH.SHM_RDONLY : 0));
        return new SystemVView(address, access, id, stat, new SafeShmMapping(attached.Value));
    }

    internal override SharedMemoryInfo Get(IpcAddress address) =>
        SegmentSnapshots.Find(address)
        ?? throw (IsReplaced(address) ? SharedMemoryErrors.Replaced(address) : SharedMemoryErrors.NotFound(address));

    internal override ProbeResult? Probe(IpcAddress address)
    {
        NativeResult found = address.Id is { } known ? new NativeResult(known) : Libc.ShmGet(address.Key!.Value, 0, 0);
        ShmidDs stat = default;
        NativeResult result = found.IsSuccess ? Libc.ShmStat(found.IntValue, out stat) : found;
        return result.Error.Code switch
        {
            Errno.None => (stat.Perm.Mode & SysShmH.SHM_DEST) != 0 || address.IsAnother(stat.CreatorPid, (long)stat.SegmentSize)
                ? null
                : new((long)stat.SegmentSize, (long)stat.AttachCount),
            Errno.ENOENT or Errno.EINVAL or Errno.EIDRM => null,

            // The table also shows what this user may not IPC_STAT.
            _ => SegmentSnapshots.Find(address) is { IsMarkedForRemoval: false } info
                ? new(info.Size, info.AttachCount)
                : null,
        };
    }

    internal override IEnumerable<SharedMemoryInfo> List() => SegmentSnapshots.Read();

    internal override void Remove(IpcAddress address)
    {
        int id;
        try
        {
            id = FindId(address);
        }
        catch (IpcException exception) when (exception.Reason == IpcErrorReason.SharedMemoryNotFound && address.Key is { } left)
        {
            // A C program removed the segment and not the lock that PSIpc made.
            SystemVLock.Remove(left);
            throw;
        }

        // IPC_RMID of a marked segment succeeds and does nothing; the caller is told instead.
        if (Libc.ShmStat(id, out ShmidDs stat).IsSuccess && (stat.Perm.Mode & SysShmH.SHM_DEST) != 0)
        {
            throw SharedMemoryErrors.MarkedForRemoval(address, (long)stat.AttachCount);
        }

        Check("shmctl(IPC_RMID)", address, Libc.ShmRemove(id));

        SystemVLock.Remove(address.Key ?? stat.Perm.Key);
    }

    internal override SharedMemoryLock NewLock(IpcAddress address)
    {
        int id = FindId(address);
        Check("shmget", address, Libc.ShmStat(id, out ShmidDs stat));
        if (stat.Perm.Key == SysShmH.IPC_PRIVATE)
        {
            throw (stat.Perm.Mode & SysShmH.SHM_DEST) != 0
                ? SharedMemoryErrors.MarkedForRemoval(address, (long)stat.AttachCount)
                : new(
                    IpcErrorReason.SharedMemoryKeyInvalid,
                    $"The segment with {address} is private: it has no key, and so no lock that another process could find.");
        }

        // Who may only read the memory may not keep others from it.
        Check("shmget", address, CheckWriter(id, stat));
        return new SystemVLock(address, id, stat.Perm, polls: !OperatingSystem.IsLinux());
    }

    // shmget(2) checks these two bits for the caller; on macOS, which compares them with the owner's, only an attachment does.
    private static NativeResult CheckWriter(int id, in ShmidDs stat)
    {
        if (!OperatingSystem.IsMacOS())
        {
            return Libc.ShmGet(stat.Perm.Key, 0, ReadAndWrite);
        }

        NativeResult attached = Libc.ShmAt(id, 0);
        if (attached.IsSuccess)
        {
            Libc.ShmDt(attached.Value);
        }

        return attached;
    }

    internal SystemVUsage GetUsage()
    {
        List<SharedMemoryInfo> segments = [.. List()];
        int page = Environment.SystemPageSize;
        return new(
            SegmentTable.Limit("shmmax"),
            SegmentTable.Limit("shmall"),
            (int)SegmentTable.Limit("shmmni"),
            segments.Count,
            segments.Aggregate(0UL, (pages, segment) => pages + (((ulong)segment.Size + (ulong)page - 1) / (ulong)page)),
            segments.Sum(segment => segment.ResidentBytes ?? 0),
            segments.Sum(segment => segment.SwappedBytes ?? 0));
    }

    private static (int Id, bool Created) CreateOrOpen(IpcAddress address, SharedMemoryRequest request)
    {
        int key = address.Key ?? throw SharedMemoryErrors.NotFound(address);
        for (int attempt = 1; ; attempt++)
        {
            NativeResult result = Libc.ShmGet(key, (nuint)request.Size, SysShmH.IPC_CREAT | SysShmH.IPC_EXCL | (int)request.Mode);
            if (result.IsSuccess)
            {
                return (result.IntValue, true);
            }

            NativeError error = result.Error;
            if (error.Code != Errno.EEXIST && !IsHidden(key, error))
            {
                throw CreateError(address, request, error);
            }

            if (!request.AllowExisting)
            {
                throw SharedMemoryErrors.Exists(address, error, SegmentSnapshots.Find(address));
            }

            // What the caller wants to do, and not the mode: macOS compares others' bits with theirs.
            result = Libc.ShmGet(key, (nuint)request.Size, (int)request.Mode & ReadAndWrite);
            if (result.IsSuccess)
            {
                return (result.IntValue, false);
            }

            error = result.Error;
            if (error.Code == Errno.EINVAL && SegmentSnapshots.Find(address) is { } existing && existing.Size < request.Size)
            {
                throw SharedMemoryErrors.SizeMismatch(address, request.Size, existing.Size, error);
            }

            // Removed between the two calls: it can be created now.
            if (error.Code is not (Errno.ENOENT or Errno.EINVAL) || attempt == CreateAttempts)
            {
                throw Error("shmget", address, error);
            }
        }
    }

    // macOS compares the mode and the size before it says that the segment exists. Key 0 would make one: it is never looked up.
    private static bool IsHidden(int key, NativeError error) =>
        error.Code is Errno.EACCES or Errno.EINVAL && key != SysShmH.IPC_PRIVATE && Libc.ShmGet(key, 0, 0).IsSuccess;

    // shmget(2): EINVAL is a size out of range, ENOSPC a limit on segments or pages, the latter ENOMEM on macOS; none says which.
    private static IpcException CreateError(IpcAddress address, SharedMemoryRequest request, NativeError error)
    {
        switch (error.Code)
        {
            case Errno.EINVAL:
                ulong largest = SegmentTable.Limit("shmmax");
                return new(
                    IpcErrorReason.SharedMemoryTooLarge,
                    (ulong)request.Size > largest
                        ? $"{request.Size} bytes are over SHMMAX, this system's limit for one segment: {largest} bytes "
                            + $"({SegmentTable.LimitSource("shmmax")})."
                        : $"{request.Size} bytes are more than the kernel can address in one segment.",
                    error.Raw);
            case Errno.ENOSPC:
            case Errno.ENOMEM when OperatingSystem.IsMacOS():
                int segments = SegmentTable.Read().Count;
                ulong most = SegmentTable.Limit("shmmni");
                return new(
                    IpcErrorReason.SharedMemoryLimitReached,
                    (ulong)segments >= most
                        ? $"There are {segments} segments and SHMMNI allows {most} ({SegmentTable.LimitSource("shmmni")}). Remove some, or "
                            + "raise it."
                        : $"{request.Size} bytes would take all segments over SHMALL: {SegmentTable.Limit("shmall")} pages "
                            + $"({SegmentTable.LimitSource("shmall")}).",
                    error.Raw);
            case Errno.ENOMEM:
                return new(
                    IpcErrorReason.SharedMemoryNoSpace,
                    $"{request.Size} bytes for {address} are more than the kernel can promise; this machine has "
                        + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes} bytes of memory. Ask for less.",
                    error.Raw);
            default:
                return Error("shmget", address, error);
        }
    }

    private static int FindId(IpcAddress address)
    {
        if (address.Id is { } id)
        {
            return IsReplaced(address) ? throw SharedMemoryErrors.Replaced(address) : id;
        }

        // Key 0 would make a segment: it is never looked up.
        return address.Key is { } key and not SysShmH.IPC_PRIVATE
            ? Check("shmget", address, Libc.ShmGet(key, 0, 0)).IntValue
            : throw SharedMemoryErrors.NotFound(address);
    }

    // The table also shows what this user may not IPC_STAT.
    private static bool IsReplaced(IpcAddress address) =>
        address is { Segment: not null, Id: { } id }
        && (Libc.ShmStat(id, out ShmidDs stat).IsSuccess
            ? address.IsAnother(stat.CreatorPid, (long)stat.SegmentSize)
            : SegmentSnapshots.Find(address) is null && SegmentSnapshots.Find(IpcAddress.FromId(id)) is not null);

    private static NativeResult Check(string call, IpcAddress address, NativeResult result) =>
        result.IsSuccess ? result : throw Error(call, address, result.Error);

    internal static IpcException Error(string call, IpcAddress address, NativeError error) => error.Code switch
    {
        // macOS knows a marked segment by its id in the table alone.
        Errno.EINVAL when SegmentSnapshots.Find(address) is { IsMarkedForRemoval: true, AttachCount: { } attached } =>
            SharedMemoryErrors.MarkedForRemoval(address, attached),
        Errno.EMFILE => new(
            IpcErrorReason.SharedMemoryLimitReached,
            $"{call} of {address}: this process has as many segments attached as SHMSEG allows (sysctl kern.sysv.shmseg).",
            error.Raw),
        _ => SharedMemoryErrors.FromNative(call, address, error, () => SegmentSnapshots.Find(address)),
    };
}

/// <summary>An attached segment.</summary>
internal sealed class SystemVView(IpcAddress address, SharedMemoryAccess access, int id, in ShmidDs stat, SafeShmMapping mapping)
    : MappedView(address, access, mapping, (long)stat.SegmentSize)
{
    public override int? Key { get; } = stat.Perm.Key;

    public override int? Id => id;

    internal override bool IsRemoved => !Libc.ShmStat(id, out ShmidDs stat).IsSuccess || (stat.Perm.Mode & SysShmH.SHM_DEST) != 0;
}

/// <summary>The kernel's limits on System V segments and what is in use.</summary>
internal sealed record SystemVUsage(
    ulong MaxSegmentBytes, ulong MaxTotalPages, int MaxSegments, int UsedSegments, ulong UsedPages, long ResidentBytes, long SwappedBytes);
