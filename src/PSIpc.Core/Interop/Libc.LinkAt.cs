using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>linkat(2) of an O_TMPFILE descriptor: gives the finished file its name, or EEXIST.</summary>
    internal static NativeError LinkDescriptor(SafeFileHandle file, string path)
    {
        bool held = false;
        file.DangerousAddRef(ref held);
        try
        {
            string source = $"/proc/self/fd/{file.DangerousGetHandle()}";
            return ErrorUnless(linkat(FcntlH.AT_FDCWD, source, FcntlH.AT_FDCWD, path, FcntlH.AT_SYMLINK_FOLLOW) == 0);
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int linkat(int olddirfd, string oldpath, int newdirfd, string newpath, int flags);
}
