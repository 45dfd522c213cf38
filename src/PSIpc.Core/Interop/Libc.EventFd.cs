using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>eventfd(2), non-blocking and starting at 0.</summary>
    internal static int EventFd(out SafeFileDescriptor descriptor)
    {
        int result = ResultOrError(eventfd(0, SysEventfdH.EFD_CLOEXEC | SysEventfdH.EFD_NONBLOCK));
        descriptor = new SafeFileDescriptor(result < 0 ? -1 : result);
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);
}
