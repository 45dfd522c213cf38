using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>ftok(3): a key from a file's inode and device and the low eight bits of the project.</summary>
    internal static int Ftok(string path, int project, out NativeError error)
    {
        int key = ftok(path, project);
        error = ErrorUnless(key != -1);
        return key;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ftok(string pathname, int proj_id);
}
