using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>shm_unlink(3): takes the name away.</summary>
    internal static NativeError ShmUnlink(string name) => ErrorUnless(shm_unlink(name) == 0);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int shm_unlink(string name);
}
