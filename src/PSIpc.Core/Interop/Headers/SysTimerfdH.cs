namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/timerfd.h&gt;</c>, and the clock from <c>&lt;time.h&gt;</c> that goes with them.</summary>
internal static class SysTimerfdH
{
    internal const int CLOCK_MONOTONIC = 1;
    internal const int TFD_NONBLOCK = 0x800;
    internal const int TFD_CLOEXEC = 0x80000;
}
