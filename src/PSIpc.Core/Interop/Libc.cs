using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

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

    // System calls by number, for those that a C library of a supported Linux may not export. Those from 424 on have one number on
    // every architecture.
    private const nint SYS_pidfd_send_signal = 424;
    private const nint SYS_pidfd_open = 434;

    private static readonly nint SYS_statx = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 332,
        Architecture.X86 or Architecture.Ppc64le => 383,
        Architecture.Arm or Architecture.Armv6 => 397,
        Architecture.S390x => 379,

        // The table that all newer architectures share.
        _ => 291,
    };

    private static readonly nint SYS_newfstatat = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 262 : 79;

    // For an import with SetLastError.
    private static NativeResult Result(nint value) =>
        value != -1 ? new NativeResult(value) : NativeResult.Failed(Marshal.GetLastPInvokeError());

    // For the calls of the echo loop: errno is read only after a failure. The arguments of such an import must all be blittable,
    // so that the call returns with nothing of the marshaller's in between (the runtime itself keeps errno across its own work).
    private static NativeResult ResultOrErrno(nint value) =>
        value != -1 ? new NativeResult(value) : NativeResult.Failed(Marshal.GetLastSystemError());

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, nint dirfd, string pathname, nint flags, nint mask, out Statx statxbuf);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, nint dirfd, string pathname, out LinuxStat statbuf, nint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, nint pid, nint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, SafeFileHandle pidfd, nint sig, nint info, nint flags);
}
