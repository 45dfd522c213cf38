using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct IPCS_command</c> of macOS: how <c>kern.sysv.ipcs.shm</c> is asked for one segment after another.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IpcsCommand
{
    internal int Magic;
    internal int Operation;
    internal int Cursor;
    internal int DataLength;
    internal void* Data;
}
