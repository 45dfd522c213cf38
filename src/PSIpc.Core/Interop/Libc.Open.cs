using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>open(2), tried again when a signal interrupts it.</summary>
    internal static SafeFileHandle Open(string path, int flags, int mode, out NativeError error)
    {
        int descriptor;
        do
        {
            descriptor = VariadicOnStack ? open(path, flags, 0, 0, 0, 0, 0, 0, mode) : open(path, flags, mode);
            error = ErrorUnless(descriptor >= 0);
        }
        while (error.Code == Errno.EINTR);

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, int mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint mode);
}
