using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>shmget(2): the id of the segment with this key, created if the flags say so.</summary>
    internal static int ShmGet(int key, nuint size, int flags, out NativeError error)
    {
        int id = shmget(key, size, flags);
        error = ErrorUnless(id >= 0);
        return id;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmget(int key, nuint size, int shmflg);
}
