using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>
/// The C library, a file a function. A wrapper returns what the function returns, or as the kernel itself does the negated errno,
/// so that nothing can come between a call and its error.
/// </summary>
internal static partial class Libc
{
    private const string Library = "libc";

    private static int ResultOrError(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    private static int ResultOrError(nint result) => result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();

    // For the calls of the echo loop: errno is read only after a failure. The arguments of such an import must all be blittable,
    // so that the call returns with nothing of the marshaller's in between (the runtime itself keeps errno across its own work).
    private static int ResultOrErrno(nint result) => result >= 0 ? (int)result : -Marshal.GetLastSystemError();

    /// <summary>The error in a negative result.</summary>
    internal static NativeError ErrorOf(int result) => new(-result);
}
