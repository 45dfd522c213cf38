using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>The one library of Windows that is called directly.</summary>
internal static unsafe partial class Kernel32
{
    private const string Library = "kernel32";
    private const uint WaitAbandoned = 0x80;
    private const int ErrorIoPending = 997;

    /// <summary>WaitForSingleObject of a mutex. One whose owner ended without giving it back is acquired as any other.</summary>
    /// <param name="mutex">The mutex.</param>
    /// <param name="time">How long to wait.</param>
    /// <param name="isAcquired">Whether this thread has the mutex now.</param>
    internal static NativeResult WaitForMutex(SafeHandle mutex, TimeSpan time, out bool isAcquired)
    {
        uint result = WaitForSingleObject(mutex, (uint)Math.Ceiling(time.TotalMilliseconds));
        isAcquired = result is 0 or WaitAbandoned;
        return result == uint.MaxValue ? LastError() : new NativeResult((nint)result);
    }

    /// <summary>
    /// WriteFile of no bytes, which is an empty message on a named pipe of messages; .NET's own writes leave such a call out. It waits
    /// until the pipe has taken the message.
    /// </summary>
    /// <param name="pipe">A pipe that was opened for overlapped calls.</param>
    /// <param name="cancellation">Ends the wait.</param>
    internal static NativeResult WriteNothing(SafeHandle pipe, CancellationToken cancellation)
    {
        using var done = new ManualResetEvent(initialState: false);

        // An odd event keeps the completion out of the port that the runtime listens to (GetQueuedCompletionStatus).
        var overlapped = new NativeOverlapped { EventHandle = done.SafeWaitHandle.DangerousGetHandle() | 1 };
        nint pending = (nint)(&overlapped);
        byte nothing = 0;
        if (WriteFile(pipe, &nothing, 0, null, pending) != 0)
        {
            return default;
        }

        if (LastError() is { Error.Raw: not ErrorIoPending } failure)
        {
            return failure;
        }

        // The structure lives until the call has ended, cancelled or not.
        using (cancellation.UnsafeRegister(_ => CancelIoEx(pipe, pending), null))
        {
            return GetOverlappedResult(pipe, pending, out _, wait: 1) != 0 ? default : LastError();
        }
    }

    private static NativeResult LastError() => NativeResult.Failed(Marshal.GetLastPInvokeError());

    [LibraryImport(Library, SetLastError = true)]
    private static partial uint WaitForSingleObject(SafeHandle handle, uint milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int WriteFile(SafeHandle file, byte* buffer, uint count, uint* written, nint overlapped);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int GetOverlappedResult(SafeHandle file, nint overlapped, out uint transferred, int wait);

    [LibraryImport(Library)]
    private static partial int CancelIoEx(SafeHandle file, nint overlapped);
}
