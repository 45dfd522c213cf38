using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>
/// Room for what epoll_wait(2) reports. <c>struct epoll_event</c> is packed to 12 bytes on x64 and has 16 elsewhere, so it is read by offset.
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
