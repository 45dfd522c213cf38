namespace PSIpc.Echo.Server.Sessions;

/// <summary>
/// The buffers of a server, for bytes that have been received and cannot go back yet. A few free ones are kept, so that
/// a steady load allocates nothing; the rest are left to the garbage collector.
/// </summary>
internal sealed class BufferPool
{
    internal const int SmallBytes = 4 * 1024;
    internal const int LargeBytes = 64 * 1024;

    private const int FreeKept = 64;

    private readonly Stack<BufferBlock> _small = new(FreeKept);
    private readonly Stack<BufferBlock> _large = new(FreeKept);
    private long _heldBytes;

    /// <summary>How many bytes the segments in use take.</summary>
    internal long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <summary>A segment for so many bytes, or the largest there is.</summary>
    internal BufferBlock Rent(int bytes)
    {
        int size = bytes <= SmallBytes ? SmallBytes : LargeBytes;
        Interlocked.Add(ref _heldBytes, size);
        Stack<BufferBlock> free = FreeOf(size);
        lock (free)
        {
            if (free.TryPop(out BufferBlock? segment))
            {
                return segment;
            }
        }

        return new BufferBlock(size);
    }

    internal void Return(BufferBlock segment)
    {
        Interlocked.Add(ref _heldBytes, -segment.Buffer.Length);
        segment.Reset();
        Stack<BufferBlock> free = FreeOf(segment.Buffer.Length);
        lock (free)
        {
            if (free.Count < FreeKept)
            {
                free.Push(segment);
            }
        }
    }

    private Stack<BufferBlock> FreeOf(int size) => size == SmallBytes ? _small : _large;
}
