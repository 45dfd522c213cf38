using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>
/// The C library, a file for each header: private imports, and wrappers that read errno at once. A call that can fail returns a
/// <see cref="NativeResult"/>; what else it fills comes in <c>out</c> parameters.
/// </summary>
internal static partial class Libc
{
    // The runtime maps this name to libc.so.6, musl or libSystem.
    private const string Library = "libc";

    // A variadic argument in C is passed as an ordinary one on every other 64-bit system; Apple's arm64 has it on the stack, where
    // an ordinary one comes when those before it have filled the registers x0 to x7.
    private static readonly bool VariadicOnStack =
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    // For an import with SetLastError.
    private static NativeResult Result(nint value) =>
        value != -1 ? new NativeResult(value) : NativeResult.Failed(Marshal.GetLastPInvokeError());

    // For the calls of the echo loop: errno is read only after a failure. The arguments of such an import must all be blittable,
    // so that the call returns with nothing of the marshaller's in between (the runtime itself keeps errno across its own work).
    private static NativeResult ResultOrErrno(nint value) =>
        value != -1 ? new NativeResult(value) : NativeResult.Failed(Marshal.GetLastSystemError());
}
