using System.Runtime.InteropServices;

namespace PSIpc.Interop;

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
