using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>pread(2): at most the destination's length from the offset; 0 at the end of the file.</summary>
    internal static unsafe nint PRead(SafeFileHandle file, Span<byte> destination, long offset, out NativeError error)
    {
        nint count;
        fixed (byte* buffer = destination)
        {
            do
            {
                count = pread(file, buffer, (nuint)destination.Length, offset);
                error = ErrorUnless(count >= 0);
            }
            while (error.Code == Errno.EINTR);
        }

        return count;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial nint pread(SafeFileHandle fd, byte* buf, nuint count, long offset);
}
