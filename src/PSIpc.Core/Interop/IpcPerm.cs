using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct ipc_perm</c> of Linux on 64-bit machines: whose a System V object is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IpcPerm
{
    internal int Key;
    internal uint Uid;
    internal uint Gid;
    internal uint CreatorUid;
    internal uint CreatorGid;

    // glibc before 2.32 has a 16-bit mode and padding here: the same bytes on little-endian machines.
    internal uint Mode;
    internal ushort Sequence;
    private readonly ushort _padding;
    private readonly nuint _reserved1;
    private readonly nuint _reserved2;
}
