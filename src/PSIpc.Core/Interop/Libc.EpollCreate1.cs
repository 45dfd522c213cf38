using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>epoll_create1(2).</summary>
    internal static int EpollCreate(out SafeFileDescriptor descriptor)
    {
        int result = ResultOrError(epoll_create1(SysEpollH.EPOLL_CLOEXEC));
        descriptor = new SafeFileDescriptor(result < 0 ? -1 : result);
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_create1(int flags);
}
