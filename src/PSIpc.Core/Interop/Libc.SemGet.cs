using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>semget(2): the id of the set of semaphores with this key, created if the flags say so.</summary>
    internal static int SemGet(int key, int count, int flags, out NativeError error)
    {
        int id = semget(key, count, flags);
        error = ErrorUnless(id >= 0);
        return id;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int semget(int key, int nsems, int semflg);
}
