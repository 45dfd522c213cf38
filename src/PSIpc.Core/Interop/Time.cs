using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct timespec</c> of 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    internal long Seconds;
    internal long Nanoseconds;
}

internal static partial class Libc
{
    // CLOCK_BOOTTIME of Linux's time.h.
    private const int BootTimeClock = 7;

    /// <summary>clock_gettime(2) of Linux: the time since boot, suspended time included, which no step of the clock changes.</summary>
    internal static TimeSpan TimeSinceBoot()
    {
        _ = clock_gettime(BootTimeClock, out TimeSpec time);
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    [LibraryImport(Library)]
    private static partial int clock_gettime(int clockid, out TimeSpec tp);
}
