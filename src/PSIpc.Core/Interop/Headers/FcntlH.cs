using System.Runtime.InteropServices;

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
