using System.Runtime.InteropServices;

namespace PSIpc.Interop;

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
