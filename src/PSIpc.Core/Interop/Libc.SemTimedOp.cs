using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>semtimedop(2): one operation within a time; EAGAIN when it was not enough.</summary>
    internal static unsafe NativeError SemTimedOp(int id, SemBuf operation, TimeSpan time)
    {
        long nanoseconds = time.Ticks * TimeSpan.NanosecondsPerTick;
        var timeout = new TimeSpec { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };
        return ErrorUnless(semtimedop(id, &operation, 1, &timeout) == 0);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int semtimedop(int semid, SemBuf* sops, nuint nsops, TimeSpec* timeout);
}
