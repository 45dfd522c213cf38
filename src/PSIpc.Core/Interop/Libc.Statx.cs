using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>statx(2) of a path, a link itself and not what it points to; on macOS lstat(2).</summary>
    internal static NativeError StatPath(string path, out Statx stat) => OperatingSystem.IsMacOS()
        ? DarwinStatPath(path, out stat)
        : ErrorUnless(statx(FcntlH.AT_FDCWD, path, FcntlH.AT_SYMLINK_NOFOLLOW, SysStatH.STATX_BASIC_STATS, out stat) == 0);

    /// <summary>statx(2) of what a path leads to, without asking a server that may not answer.</summary>
    internal static NativeError StatTarget(string path, out Statx stat) =>
        ErrorUnless(statx(FcntlH.AT_FDCWD, path, FcntlH.AT_STATX_DONT_SYNC, SysStatH.STATX_BASIC_STATS, out stat) == 0);

    /// <summary>statx(2) of an open file; on macOS fstat(2).</summary>
    internal static NativeError StatDescriptor(SafeFileHandle file, out Statx stat) => OperatingSystem.IsMacOS()
        ? DarwinStatDescriptor(file, out stat)
        : ErrorUnless(statx(file, "", FcntlH.AT_EMPTY_PATH, SysStatH.STATX_BASIC_STATS, out stat) == 0);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle dirfd, string pathname, int flags, uint mask, out Statx statxbuf);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int dirfd, string pathname, int flags, uint mask, out Statx statxbuf);
}
