namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/resource.h&gt;</c> on Linux and macOS.</summary>
internal static class SysResourceH
{
    internal const int RLIMIT_FSIZE = 1;
    internal static readonly int RLIMIT_NOFILE = OperatingSystem.IsMacOS() ? 8 : 7;
}
