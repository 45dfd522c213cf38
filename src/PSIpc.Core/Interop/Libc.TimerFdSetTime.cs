using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>timerfd_settime(2): once, so many milliseconds from now; at least 1.</summary>
    internal static unsafe int TimerFdSet(SafeFileDescriptor timer, long milliseconds)
    {
        // struct itimerspec: the interval, which 0 makes none, and the first expiry; each of seconds and nanoseconds.
        long* times = stackalloc long[] { 0, 0, milliseconds / 1000, milliseconds % 1000 * 1_000_000 };
        return ResultOrError(timerfd_settime(timer, 0, times, null));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int timerfd_settime(SafeFileDescriptor timer, int flags, long* times, long* old);
}
