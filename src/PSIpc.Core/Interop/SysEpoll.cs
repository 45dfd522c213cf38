using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/epoll.h&gt;</c>.</summary>
internal static class SysEpollH
{
    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;
    internal const uint EPOLLIN = 0x1;
    internal const uint EPOLLPRI = 0x2;
    internal const uint EPOLLOUT = 0x4;
    internal const uint EPOLLERR = 0x8;
    internal const uint EPOLLHUP = 0x10;
    internal const uint EPOLLRDHUP = 0x2000;
    internal const uint EPOLLET = 0x80000000;
}

/// <summary>
/// Room for what epoll_wait(2) reports. <c>struct epoll_event</c> is packed to 12 bytes on x64 and has 16 elsewhere, so it is read by
/// offset.
/// </summary>
internal sealed unsafe class EpollEvents
{
    internal const int LargestSize = 16;

    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>The size of one <c>struct epoll_event</c>.</summary>
    internal static readonly int Size = DataOffset + sizeof(ulong);

    private readonly byte[] _events;
    private readonly byte* _first;

    internal EpollEvents(int capacity)
    {
        Capacity = capacity;
        // Pinned for as long as it lives, so the kernel can be given its address without a handle.
        _events = GC.AllocateArray<byte>(capacity * Size, pinned: true);
        _first = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_events, 0);
    }

    internal int Capacity { get; }

    internal byte* First => _first;

    /// <summary>The event at an index: what is ready, and the value that was registered with the descriptor.</summary>
    internal (uint Events, ulong Data) this[int index]
    {
        get
        {
            byte* entry = _first + (index * Size);
            return (*(uint*)entry, *(ulong*)(entry + DataOffset));
        }
    }

    /// <summary>Writes one event where epoll_ctl(2) reads it.</summary>
    internal static void Write(byte* entry, uint events, ulong data)
    {
        *(uint*)entry = events;
        *(ulong*)(entry + DataOffset) = data;
    }
}

internal static partial class Libc
{
    /// <summary>epoll_create1(2).</summary>
    internal static NativeResult EpollCreate(out SafeFileDescriptor descriptor)
    {
        NativeResult result = Result(epoll_create1(SysEpollH.EPOLL_CLOEXEC));
        descriptor = new SafeFileDescriptor(result.IntValue);
        return result;
    }

    /// <summary>epoll_ctl(2).</summary>
    /// <param name="epoll">The epoll instance.</param>
    /// <param name="operation">One of EPOLL_CTL_ADD, EPOLL_CTL_MOD and EPOLL_CTL_DEL.</param>
    /// <param name="descriptor">The descriptor to watch.</param>
    /// <param name="events">What to watch it for.</param>
    /// <param name="data">What epoll_wait gives back with its events.</param>
    internal static unsafe NativeResult EpollControl(SafeFileDescriptor epoll, int operation, int descriptor, uint events, ulong data)
    {
        byte* entry = stackalloc byte[EpollEvents.LargestSize];
        EpollEvents.Write(entry, events, data);
        return ResultOrErrno(epoll_ctl(epoll.Number, operation, descriptor, entry));
    }

    /// <summary>epoll_wait(2): how many events there are.</summary>
    /// <param name="epoll">The epoll instance.</param>
    /// <param name="events">Where they go.</param>
    /// <param name="timeout">Milliseconds; 0 returns at once, -1 waits for ever.</param>
    internal static unsafe NativeResult EpollWait(SafeFileDescriptor epoll, EpollEvents events, int timeout) =>
        ResultOrErrno(epoll_wait(epoll.Number, events.First, events.Capacity, timeout));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(Library)]
    private static unsafe partial int epoll_ctl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport(Library)]
    private static unsafe partial int epoll_wait(int epoll, byte* events, int capacity, int timeout);
}
