using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>
/// The C library, a file for each header: private imports, and wrappers that read errno at once. The calls of the readiness loop
/// return what the kernel itself does, a result or the negated errno; the others give a <see cref="NativeError"/>.
/// </summary>
internal static partial class Libc
{
    // The runtime maps this name to libc.so.6, musl or libSystem.
    private const string Library = "libc";

    // A variadic argument in C is passed as an ordinary one on every other 64-bit system; Apple's arm64 has it on the stack, where
    // an ordinary one comes when those before it have filled the registers x0 to x7.
    private static readonly bool VariadicOnStack =
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>The error in a negative result.</summary>
    internal static NativeError ErrorOf(int result) => new(-result);

    private static NativeError ErrorUnless(bool success) => success ? default : NativeError.Last;

    private static int ResultOrError(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    private static int ResultOrError(nint result) => result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();

    // For the calls of the echo loop: errno is read only after a failure. The arguments of such an import must all be blittable,
    // so that the call returns with nothing of the marshaller's in between (the runtime itself keeps errno across its own work).
    private static int ResultOrErrno(nint result) => result >= 0 ? (int)result : -Marshal.GetLastSystemError();
}
