using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/ipcs.h&gt;</c> on macOS.</summary>
internal static class SysIpcsH
{
    internal const int IPCS_MAGIC = 1;
    internal const int IPCS_SHM_ITER = 2;
}

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
