using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Kernel32
{
    private const uint WaitAbandoned = 0x80;

    /// <summary>Waits for a mutex: whether this thread has it now. One whose owner ended without giving it back is as good.</summary>
    internal static bool TakeMutex(SafeHandle mutex, TimeSpan time, out NativeError error)
    {
        uint result = WaitForSingleObject(mutex, (uint)Math.Ceiling(time.TotalMilliseconds));
        error = result == uint.MaxValue ? NativeError.Last : default;
        return result is 0 or WaitAbandoned;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial uint WaitForSingleObject(SafeHandle handle, uint milliseconds);
}
