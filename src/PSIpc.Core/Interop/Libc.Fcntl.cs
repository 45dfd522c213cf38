using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>fcntl(2) with F_SETFD: a program that this process starts does not get the descriptor.</summary>
    internal static int SetCloseOnExec(SafeFileDescriptor descriptor) => ResultOrError(VariadicOnStack
        ? fcntl(descriptor, FcntlH.F_SETFD, 0, 0, 0, 0, 0, 0, FcntlH.FD_CLOEXEC)
        : fcntl(descriptor, FcntlH.F_SETFD, FcntlH.FD_CLOEXEC));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(SafeFileDescriptor fd, int cmd, int arg);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(SafeFileDescriptor fd, int cmd, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint arg);
}
