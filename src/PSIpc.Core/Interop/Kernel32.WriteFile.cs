using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static unsafe partial class Kernel32
{
    /// <summary>
    /// WriteFile of no bytes, which is an empty message on a named pipe of messages; .NET's own writes leave such a call out. It waits until
    /// the pipe has taken the message.
    /// </summary>
    /// <param name="pipe">A pipe that was opened for overlapped calls.</param>
    /// <param name="cancellation">Ends the wait.</param>
    internal static NativeError WriteNothing(SafeHandle pipe, CancellationToken cancellation)
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

        if (NativeError.Last is { Raw: not ErrorIoPending } error)
        {
            return error;
        }

        // The structure lives until the call has ended, cancelled or not.
        using (cancellation.UnsafeRegister(_ => CancelIoEx(pipe, pending), null))
        {
            return GetOverlappedResult(pipe, pending, out _, wait: 1) != 0 ? default : NativeError.Last;
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int WriteFile(SafeHandle file, byte* buffer, uint count, uint* written, nint overlapped);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int GetOverlappedResult(SafeHandle file, nint overlapped, out uint transferred, int wait);

    [LibraryImport(Library)]
    private static partial int CancelIoEx(SafeHandle file, nint overlapped);
}
