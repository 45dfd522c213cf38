namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;fcntl.h&gt;</c> on Linux.</summary>
internal static class FcntlH
{
    internal const int O_RDONLY = 0;
    internal const int O_CLOEXEC = 0x80000;
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
}
