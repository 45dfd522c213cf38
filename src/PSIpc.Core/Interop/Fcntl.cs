using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>fcntl.h and unistd.h by their own names, for Linux; a test compares each with what the C compiler says.</summary>
internal static class Fcntl
{
    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;

    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_FOLLOW = 0x400;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int SEEK_END = 2;

    // The architectures of Linux do not agree on these three.
    internal static readonly int O_NOFOLLOW = IsArm ? 0x8000 : 0x20000;
    internal static readonly int O_DIRECTORY = IsArm ? 0x4000 : 0x10000;
    internal static readonly int O_TMPFILE = 0x400000 | O_DIRECTORY;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
}
