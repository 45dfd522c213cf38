using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/sysctl.h&gt;</c> on macOS, and the state from <c>&lt;sys/proc.h&gt;</c> that goes with them.</summary>
internal static class SysSysctlH
{
    internal const int CTL_KERN = 1;
    internal const int KERN_PROC = 14;
    internal const int KERN_PROC_PID = 1;
    internal const sbyte SZOMB = 5;
}

/// <summary><c>struct kinfo_proc</c> of macOS: what sysctl(3) tells of a process, as ps(1) reads it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 648)]
internal struct KinfoProc
{
    [FieldOffset(0)] internal long StartSeconds;
    [FieldOffset(8)] internal int StartMicroseconds;
    [FieldOffset(36)] internal sbyte State;
    [FieldOffset(40)] internal int Pid;
}

internal static unsafe partial class Libc
{
    /// <summary>sysctlbyname(3) of a 64-bit number, on macOS.</summary>
    internal static NativeResult SystemNumber(string name, out long value)
    {
        long number = 0;
        nuint length = sizeof(long);
        NativeResult result = Result(sysctlbyname(name, &number, &length, null, 0));
        value = number;
        return result;
    }

    /// <summary>The next segment of the kernel's table on macOS, by <c>kern.sysv.ipcs.shm</c>, as ipcs(1) reads it.</summary>
    /// <param name="cursor">Where to look from, 0 at first; left after the segment that was found.</param>
    /// <param name="segment">The segment.</param>
    /// <returns>ENOENT or ERANGE when there are no more.</returns>
    internal static NativeResult NextSegment(ref int cursor, out DarwinShmidDs segment)
    {
        DarwinShmidDs found = default;
        var command = new IpcsCommand
        {
            Magic = SysIpcsH.IPCS_MAGIC,
            Operation = SysIpcsH.IPCS_SHM_ITER,
            Cursor = cursor,
            DataLength = sizeof(DarwinShmidDs),
            Data = &found,
        };
        nuint length = (nuint)sizeof(IpcsCommand);
        NativeResult result = Result(sysctlbyname("kern.sysv.ipcs.shm", &command, &length, &command, length));
        cursor = command.Cursor;
        segment = found;
        return result;
    }

    /// <summary>sysctl(3) of one process on macOS; ESRCH where there is none.</summary>
    internal static NativeResult GetProcess(int processId, out KinfoProc process)
    {
        int* name = stackalloc int[] { SysSysctlH.CTL_KERN, SysSysctlH.KERN_PROC, SysSysctlH.KERN_PROC_PID, processId };
        KinfoProc found = default;
        nuint length = (nuint)sizeof(KinfoProc);
        NativeResult result = Result(sysctl(name, 4, &found, &length, null, 0));
        process = found;
        return result.IsSuccess && length != (nuint)sizeof(KinfoProc) ? NativeResult.Failed((int)Errno.ESRCH) : result;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int sysctlbyname(string name, void* oldp, nuint* oldlenp, void* newp, nuint newlen);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int sysctl(int* name, uint namelen, void* oldp, nuint* oldlenp, void* newp, nuint newlen);
}

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
