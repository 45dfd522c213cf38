using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;fcntl.h&gt;</c> on Linux and macOS; those from AT_FDCWD on are Linux's alone.</summary>
internal static class FcntlH
{
    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int F_SETFD = 2;
    internal const int FD_CLOEXEC = 1;
    internal static readonly int O_CREAT = IsMac ? 0x200 : 0x40;
    internal static readonly int O_EXCL = IsMac ? 0x800 : 0x80;
    internal static readonly int O_NONBLOCK = IsMac ? 0x4 : 0x800;
    internal static readonly int O_CLOEXEC = IsMac ? 0x1000000 : 0x80000;

    // The architectures of Linux do not agree on these two.
    internal static readonly int O_NOFOLLOW = IsMac ? 0x100 : IsArm ? 0x8000 : 0x20000;
    internal static readonly int O_DIRECTORY = IsMac ? 0x100000 : IsArm ? 0x4000 : 0x10000;

    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_SYMLINK_FOLLOW = 0x400;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_STATX_DONT_SYNC = 0x4000;
    internal static readonly int O_TMPFILE = 0x400000 | O_DIRECTORY;

    private static bool IsMac => OperatingSystem.IsMacOS();

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
}

internal static partial class Libc
{
    /// <summary>open(2), tried again when a signal interrupts it.</summary>
    internal static NativeResult Open(string path, int flags, int mode, out SafeFileHandle file)
    {
        NativeResult result;
        do
        {
            result = Result(VariadicOnStack ? open(path, flags, 0, 0, 0, 0, 0, 0, mode) : open(path, flags, mode));
        }
        while (result.Error.Code == Errno.EINTR);

        file = new SafeFileHandle(result.Value, ownsHandle: true);
        return result;
    }

    /// <summary>fcntl(2) with F_SETFD: a program that this process starts does not get the descriptor.</summary>
    internal static NativeResult SetCloseOnExec(SafeFileDescriptor descriptor) => Result(VariadicOnStack
        ? fcntl(descriptor, FcntlH.F_SETFD, 0, 0, 0, 0, 0, 0, FcntlH.FD_CLOEXEC)
        : fcntl(descriptor, FcntlH.F_SETFD, FcntlH.FD_CLOEXEC));

    /// <summary>
    /// posix_fallocate(3): sets the size and reserves the space, or leaves neither. It returns its error and leaves errno alone.
    /// </summary>
    internal static NativeResult PosixFallocate(SafeFileHandle file, long offset, long length)
    {
        NativeResult result;
        do
        {
            result = NativeResult.FromErrorNumber(posix_fallocate(file, offset, length));
        }
        while (result.Error.Code == Errno.EINTR);

        return result;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, int mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(SafeFileDescriptor fd, int cmd, int arg);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(SafeFileDescriptor fd, int cmd, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint arg);

    [LibraryImport(Library)]
    private static partial int posix_fallocate(SafeFileHandle fd, long offset, long len);
}
