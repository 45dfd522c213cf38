using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>epoll_ctl(2).</summary>
    /// <param name="epoll">The epoll instance.</param>
    /// <param name="operation">One of EPOLL_CTL_ADD, EPOLL_CTL_MOD and EPOLL_CTL_DEL.</param>
    /// <param name="descriptor">The descriptor to watch.</param>
    /// <param name="events">What to watch it for.</param>
    /// <param name="data">What epoll_wait gives back with its events.</param>
    internal static unsafe int EpollControl(SafeFileDescriptor epoll, int operation, int descriptor, uint events, ulong data)
    {
        byte* entry = stackalloc byte[EpollEvents.LargestSize];
        EpollEvents.Write(entry, events, data);
        return ResultOrErrno(epoll_ctl(epoll.Number, operation, descriptor, entry));
    }

    [LibraryImport(Library)]
    private static unsafe partial int epoll_ctl(int epoll, int operation, int descriptor, byte* entry);
}
