using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/timerfd.h&gt;</c>, and the clock from <c>&lt;time.h&gt;</c> that goes with them.</summary>
internal static class SysTimerfdH
{
    internal const int CLOCK_MONOTONIC = 1;
    internal const int TFD_NONBLOCK = 0x800;
    internal const int TFD_CLOEXEC = 0x80000;
}

internal static partial class Libc
{
    /// <summary>timerfd_create(2), non-blocking.</summary>
    internal static NativeResult TimerFd(out SafeFileDescriptor descriptor)
    {
        NativeResult result = Result(timerfd_create(SysTimerfdH.CLOCK_MONOTONIC, SysTimerfdH.TFD_CLOEXEC | SysTimerfdH.TFD_NONBLOCK));
        descriptor = new SafeFileDescriptor(result.IntValue);
        return result;
    }

    /// <summary>timerfd_settime(2): once, so many milliseconds from now; at least 1.</summary>
    internal static unsafe NativeResult TimerFdSet(SafeFileDescriptor timer, long milliseconds)
    {
        // struct itimerspec: the interval, which 0 makes none, and the first expiry; each of seconds and nanoseconds.
        long* times = stackalloc long[] { 0, 0, milliseconds / 1000, milliseconds % 1000 * 1_000_000 };
        return Result(timerfd_settime(timer, 0, times, null));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int timerfd_create(int clock, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int timerfd_settime(SafeFileDescriptor timer, int flags, long* times, long* old);
}
