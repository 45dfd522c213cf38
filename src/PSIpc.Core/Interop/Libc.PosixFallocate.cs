using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>posix_fallocate(3): sets the size and reserves the space, or leaves neither. It returns its error and leaves errno alone.</summary>
    internal static NativeError PosixFallocate(SafeFileHandle file, long offset, long length)
    {
        NativeError error;
        do
        {
            error = new NativeError(posix_fallocate(file, offset, length));
        }
        while (error.Code == Errno.EINTR);

        return error;
    }

    [LibraryImport(Library)]
    private static partial int posix_fallocate(SafeFileHandle fd, long offset, long len);
}
