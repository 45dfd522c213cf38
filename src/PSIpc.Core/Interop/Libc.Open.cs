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
            descriptor = open(path, flags, mode);
            error = ErrorUnless(descriptor >= 0);
        }
        while (error.Code == Errno.EINTR);

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    // The mode is a variadic argument in C; on every 64-bit Linux it is passed as an ordinary one.
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, int mode);
}
