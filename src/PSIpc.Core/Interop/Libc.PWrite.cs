using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>pwrite(2): at most the source's length at the offset.</summary>
    internal static unsafe nint PWrite(SafeFileHandle file, ReadOnlySpan<byte> source, long offset, out NativeError error)
    {
        nint count;
        fixed (byte* buffer = source)
        {
            do
            {
                count = pwrite(file, buffer, (nuint)source.Length, offset);
                error = ErrorUnless(count >= 0);
            }
            while (error.Code == Errno.EINTR);
        }

        return count;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial nint pwrite(SafeFileHandle fd, byte* buf, nuint count, long offset);
}
