using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>timerfd_create(2), non-blocking.</summary>
    internal static int TimerFd(out SafeFileDescriptor descriptor)
    {
        int result = ResultOrError(timerfd_create(SysTimerfdH.CLOCK_MONOTONIC, SysTimerfdH.TFD_CLOEXEC | SysTimerfdH.TFD_NONBLOCK));
        descriptor = new SafeFileDescriptor(result < 0 ? -1 : result);
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int timerfd_create(int clock, int flags);
}
