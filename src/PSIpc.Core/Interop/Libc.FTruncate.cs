using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>ftruncate(2): sets the size; of an object of macOS once.</summary>
    internal static NativeError FTruncate(SafeFileHandle file, long length)
    {
        NativeError error;
        do
        {
            error = ErrorUnless(ftruncate(file, length) == 0);
        }
        while (error.Code == Errno.EINTR);

        return error;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle fd, long length);
}
