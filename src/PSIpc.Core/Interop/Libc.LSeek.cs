using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>The file's size by lseek(2) to its end: one call, with no structure to fill.</summary>
    internal static long SeekEnd(SafeFileHandle file, out NativeError error)
    {
        long size = lseek(file, 0, UnistdH.SEEK_END);
        error = ErrorUnless(size >= 0);
        return size;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial long lseek(SafeFileHandle fd, long offset, int whence);
}
