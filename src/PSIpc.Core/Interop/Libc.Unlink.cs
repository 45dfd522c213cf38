using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>unlink(2): takes the name away.</summary>
    internal static NativeError Unlink(string path) => ErrorUnless(unlink(path) == 0);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string pathname);
}
