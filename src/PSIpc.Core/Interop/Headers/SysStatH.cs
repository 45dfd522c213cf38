namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/stat.h&gt;</c> on Linux.</summary>
internal static class SysStatH
{
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const int S_IFMT = 0xf000;
    internal const int S_IFREG = 0x8000;
    internal const int S_IFSOCK = 0xc000;
}
