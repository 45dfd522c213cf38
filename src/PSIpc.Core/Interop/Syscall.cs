using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

/// <summary>System calls by number, for those that a C library of a supported Linux may not export.</summary>
internal static partial class Libc
{
    // The calls from 424 on have one number on every architecture.
    private const nint SYS_pidfd_send_signal = 424;
    private const nint SYS_pidfd_open = 434;

    private static readonly nint SYS_statx = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 332,
        Architecture.X86 or Architecture.Ppc64le => 383,
        Architecture.Arm or Architecture.Armv6 => 397,
        Architecture.S390x => 379,

        // The table that all newer architectures share.
        _ => 291,
    };

    private static readonly nint SYS_newfstatat = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 262 : 79;

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, nint dirfd, string pathname, nint flags, nint mask, out Statx statxbuf);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, nint dirfd, string pathname, out LinuxStat statbuf, nint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, nint pid, nint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, SafeFileHandle pidfd, nint sig, nint info, nint flags);
}
