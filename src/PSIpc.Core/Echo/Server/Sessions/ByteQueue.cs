namespace PSIpc.Echo.Server.Sessions;

/// <summary>
/// Bytes in order: put in at the end, taken from the front. It grows and shrinks by pooled segments, and an empty one holds none.
/// </summary>
internal struct ByteQueue
{
    private BufferBlock? _first;
    private BufferBlock? _last;

    internal long Count { get; private set; }

    /// <summary>The bytes at the front that lie together.</summary>
    internal readonly ReadOnlyMemory<byte> Front =>
        _first is null ? default : _first.Buffer.AsMemory(_first.Start, _first.End - _first.Start);

    internal void Append(BufferPool pool, ReadOnlySpan<byte> bytes)
    {
        Count += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_last is null || _last.End == _last.Buffer.Length)
            {
                // Only the first segment of a queue is small: what grows past it will likely grow on.
                BufferBlock added = pool.Rent(_first is null ? bytes.Length : BufferPool.LargeBytes);
                if (_last is null)
                {
                    _first = added;
                }
                else
                {
                    _last.Next = added;
                }

                _last = added;
            }

            int count = Math.Min(bytes.Length, _last.Buffer.Length - _last.End);
            bytes[..count].CopyTo(_last.Buffer.AsSpan(_last.End));
            _last.End += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Takes bytes from the front, no more than <see cref="Front"/> has.</summary>
    internal void Remove(BufferPool pool, int count)
    {
        BufferBlock first = _first!;
        first.Start += count;
        Count -= count;
        if (first.Start == first.End)
        {
            _first = first.Next;
            _last = _first is null ? null : _last;
            pool.Return(first);
        }
    }

    internal void Clear(BufferPool pool)
    {
        while (_first is not null)
        {
            Remove(pool, _first.End - _first.Start);
        }
    }

    /// <summary>Inverts the byte at an offset from the front.</summary>
    internal readonly void Invert(long offset)
    {
        BufferBlock? segment = _first;
        while (segment is not null && offset >= segment.End - segment.Start)
        {
            offset -= segment.End - segment.Start;
            segment = segment.Next;
        }

        if (segment is not null)
        {
            segment.Buffer[segment.Start + offset] ^= 0xff;
        }
    }

    internal readonly byte[] ToArray()
    {
        byte[] all = GC.AllocateUninitializedArray<byte>((int)Count);
        int offset = 0;
        for (BufferBlock? segment = _first; segment is not null; segment = segment.Next)
        {
            segment.Buffer.AsSpan(segment.Start, segment.End - segment.Start).CopyTo(all.AsSpan(offset));
            offset += segment.End - segment.Start;
        }

        return all;
    }
}

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

/// <summary>A link of a <see cref="ByteQueue"/>.</summary>
internal sealed class BufferBlock(int size)
{
    internal readonly byte[] Buffer = GC.AllocateUninitializedArray<byte>(size);
    internal int Start;
    internal int End;
    internal BufferBlock? Next;

    internal void Reset()
    {
        Start = 0;
        End = 0;
        Next = null;
    }
}
