using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>epoll_wait(2): how many events there are.</summary>
    /// <param name="epoll">The epoll instance.</param>
    /// <param name="events">Where they go.</param>
    /// <param name="timeout">Milliseconds; 0 returns at once, -1 waits for ever.</param>
    internal static unsafe int EpollWait(SafeFileDescriptor epoll, EpollEvents events, int timeout) =>
        ResultOrErrno(epoll_wait(epoll.Number, events.First, events.Capacity, timeout));

    [LibraryImport(Library)]
    private static unsafe partial int epoll_wait(int epoll, byte* events, int capacity, int timeout);
}
