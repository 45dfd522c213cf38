using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>shmat(2): maps the segment where the kernel likes; -1 (all bits set) when it fails.</summary>
    internal static nint ShmAt(int id, int flags, out NativeError error)
    {
        nint address = shmat(id, 0, flags);
        error = ErrorUnless(address != -1);
        return address;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint shmat(int shmid, nint shmaddr, int shmflg);
}
