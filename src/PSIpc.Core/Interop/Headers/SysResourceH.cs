namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/resource.h&gt;</c> on Linux.</summary>
internal static class SysResourceH
{
    internal const int RLIMIT_FSIZE = 1;
    internal const int RLIMIT_NOFILE = 7;
}
