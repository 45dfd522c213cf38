using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    // What newfstatat(2) takes of the flags of statx(2).
    private const int StatFlags = FcntlH.AT_SYMLINK_NOFOLLOW | FcntlH.AT_EMPTY_PATH;

    /// <summary>statx(2) of a path, a link itself and not what it points to; on macOS lstat(2).</summary>
    internal static NativeError StatPath(string path, out Statx stat) => OperatingSystem.IsMacOS()
        ? DarwinStatPath(path, out stat)
        : LinuxStatx(FcntlH.AT_FDCWD, path, FcntlH.AT_SYMLINK_NOFOLLOW, out stat);

    /// <summary>statx(2) of what a path leads to, without asking a server that may not answer.</summary>
    internal static NativeError StatTarget(string path, out Statx stat) =>
        LinuxStatx(FcntlH.AT_FDCWD, path, FcntlH.AT_STATX_DONT_SYNC, out stat);

    /// <summary>statx(2) of an open file; on macOS fstat(2).</summary>
    internal static NativeError StatDescriptor(SafeFileHandle file, out Statx stat)
    {
        if (OperatingSystem.IsMacOS())
        {
            return DarwinStatDescriptor(file, out stat);
        }

        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return LinuxStatx(file.DangerousGetHandle(), "", FcntlH.AT_EMPTY_PATH, out stat);
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>newfstatat(2), as it answers on every kernel of x64 and arm64.</summary>
    internal static NativeError LinuxStatAt(nint directory, string path, int flags, out Statx stat)
    {
        NativeError error = ErrorUnless(syscall(SYS_newfstatat, directory, path, out LinuxStat linux, flags & StatFlags) == 0);
        stat = linux.ToStatx();
        return error;
    }

    // By number, because musl before 1.2.5 and glibc before 2.28 do not export it. A kernel before 4.11 does not have it, and the
    // filter of an old container refuses it.
    private static NativeError LinuxStatx(nint directory, string path, int flags, out Statx stat)
    {
        NativeError error = ErrorUnless(syscall(SYS_statx, directory, path, flags, (nint)SysStatH.STATX_BASIC_STATS, out stat) == 0);
        return error.Code is Errno.ENOSYS or Errno.EPERM && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64
            ? LinuxStatAt(directory, path, flags, out stat)
            : error;
    }
}
