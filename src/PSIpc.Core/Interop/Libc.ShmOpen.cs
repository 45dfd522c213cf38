using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>shm_open(3): the object with this name, which begins with a slash; closed on exec, as POSIX has it.</summary>
    internal static SafeFileHandle ShmOpen(string name, int flags, int mode, out NativeError error)
    {
        int descriptor = VariadicOnStack ? shm_open(name, flags, 0, 0, 0, 0, 0, 0, mode) : shm_open(name, flags, mode);
        error = ErrorUnless(descriptor >= 0);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int shm_open(string name, int oflag, int mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int shm_open(string name, int oflag, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint mode);
}
