namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/ipcs.h&gt;</c> on macOS.</summary>
internal static class SysIpcsH
{
    internal const int IPCS_MAGIC = 1;
    internal const int IPCS_SHM_ITER = 2;
}
