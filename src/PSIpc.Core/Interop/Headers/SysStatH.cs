namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/stat.h&gt;</c> and, for statx(2), <c>&lt;fcntl.h&gt;</c>, on Linux.</summary>
internal static class SysStatH
{
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const int S_IFMT = 0xf000;
    internal const int S_IFSOCK = 0xc000;
}
