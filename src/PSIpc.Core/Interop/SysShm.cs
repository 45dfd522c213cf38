using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/ipc.h&gt;</c> and <c>&lt;sys/shm.h&gt;</c> on Linux and macOS.</summary>
internal static class SysShmH
{
    internal const int IPC_PRIVATE = 0;
    internal const int IPC_CREAT = 0x200;
    internal const int IPC_EXCL = 0x400;
    internal const int IPC_RMID = 0;
    internal const int IPC_STAT = 2;
    internal const int SHM_RDONLY = 0x1000;

    // Bits that IPC_STAT and the kernel's table show in the mode, above the nine of permission (linux/shm.h). On macOS the table has
    // one of these, SHMSEG_REMOVED, which no header names, and IPC_STAT none: it does not know a segment that is marked.
    internal static readonly int SHM_DEST = OperatingSystem.IsMacOS() ? 0x400 : 0x200;
    internal static readonly int SHM_LOCKED = OperatingSystem.IsMacOS() ? 0 : 0x400;
    internal static readonly int SHM_HUGETLB = OperatingSystem.IsMacOS() ? 0 : 0x800;
    internal static readonly int SHM_NORESERVE = OperatingSystem.IsMacOS() ? 0 : 0x1000;
}

/// <summary><c>struct shmid_ds</c> of Linux on 64-bit machines (x64 and arm64 agree), as shmctl(2) fills it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ShmidDs
{
    internal IpcPerm Perm;
    internal nuint SegmentSize;
    internal long AttachTime;
    internal long DetachTime;
    internal long ChangeTime;
    internal int CreatorPid;
    internal int LastPid;
    internal nuint AttachCount;
    private readonly nuint _reserved1;
    private readonly nuint _reserved2;
}

/// <summary><c>struct shmid_ds</c> of macOS, whose headers pack it to 4 bytes: what shmctl(2) and <c>kern.sysv.ipcs.shm</c> fill.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct DarwinShmidDs
{
    internal DarwinIpcPerm Perm;
    internal nuint SegmentSize;
    internal int LastPid;
    internal int CreatorPid;
    internal ushort AttachCount;
    internal long AttachTime;
    internal long DetachTime;
    internal long ChangeTime;
    private readonly nuint _reserved;

    /// <summary>The same in the structure that the rest of the library reads.</summary>
    internal readonly ShmidDs ToShmidDs() => new()
    {
        Perm = Perm.ToIpcPerm(),
        SegmentSize = SegmentSize,
        AttachTime = AttachTime,
        DetachTime = DetachTime,
        ChangeTime = ChangeTime,
        CreatorPid = CreatorPid,
        LastPid = LastPid,
        AttachCount = AttachCount,
    };
}

internal static partial class Libc
{
    /// <summary>shmget(2): the id of the segment with this key, created if the flags say so.</summary>
    internal static NativeResult ShmGet(int key, nuint size, int flags) => Result(shmget(key, size, flags));

    /// <summary>shmat(2): maps the segment where the kernel likes.</summary>
    internal static NativeResult ShmAt(int id, int flags) => Result(shmat(id, 0, flags));

    /// <summary>shmdt(2): unmaps what <see cref="ShmAt"/> mapped.</summary>
    internal static NativeResult ShmDt(nint address) => Result(shmdt(address));

    /// <summary>shmctl(2) with IPC_STAT: what the kernel knows of the segment.</summary>
    internal static NativeResult ShmStat(int id, out ShmidDs stat)
    {
        if (!OperatingSystem.IsMacOS())
        {
            return Result(shmctl(id, SysShmH.IPC_STAT, out stat));
        }

        NativeResult result = Result(shmctl(id, SysShmH.IPC_STAT, out DarwinShmidDs darwin));
        stat = darwin.ToShmidDs();
        return result;
    }

    /// <summary>shmctl(2) with IPC_RMID: the segment goes when the last process detaches.</summary>
    internal static NativeResult ShmRemove(int id) => Result(shmctl(id, SysShmH.IPC_RMID, out ShmidDs _));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmget(int key, nuint size, int shmflg);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint shmat(int shmid, nint shmaddr, int shmflg);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmdt(nint shmaddr);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmctl(int shmid, int cmd, out ShmidDs buf);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmctl(int shmid, int cmd, out DarwinShmidDs buf);
}

/// <summary>An attached System V segment; detaching is its one way out, once.</summary>
internal sealed class SafeShmMapping : SafeHandle
{
    internal SafeShmMapping(nint address)
        : base(-1, ownsHandle: true) => SetHandle(address);

    public override bool IsInvalid => handle == -1;

    protected override bool ReleaseHandle() => Libc.ShmDt(handle).IsSuccess;
}
