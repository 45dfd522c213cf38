namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/sysctl.h&gt;</c> on macOS, and the state from <c>&lt;sys/proc.h&gt;</c> that goes with them.</summary>
internal static class SysSysctlH
{
    internal const int CTL_KERN = 1;
    internal const int KERN_PROC = 14;
    internal const int KERN_PROC_PID = 1;
    internal const sbyte SZOMB = 5;
}
