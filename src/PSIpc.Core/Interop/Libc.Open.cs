using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>open(2) of a folder, to lock it.</summary>
    internal static int OpenFolder(string path, out SafeFileHandle descriptor)
    {
        int closeOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : FcntlH.O_CLOEXEC;
        int result = ResultOrError(open(path, FcntlH.O_RDONLY | closeOnExec));
        descriptor = new SafeFileHandle(result < 0 ? -1 : result, ownsHandle: true);
        return result;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
