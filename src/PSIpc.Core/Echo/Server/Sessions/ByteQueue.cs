namespace PSIpc.Echo.Server.Sessions;

/// <summary>Bytes in order: put in at the end, taken from the front. It grows and shrinks by pooled segments, and an empty one holds none.</summary>
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
