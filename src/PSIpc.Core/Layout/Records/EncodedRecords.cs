namespace PSIpc.Layout.Records;

/// <summary>Records ready to be written one after another: the bytes of the fields that were given, and of no other.</summary>
public sealed class EncodedRecords
{
    private readonly byte[] _bytes;

    // In order and apart from each other: records that are given whole make one range together.
    private readonly List<(int Offset, int Length)> _ranges = [];

    // What makes the values, for comparing.
    private readonly List<(int Offset, int Length)> _significant = [];

    internal EncodedRecords(MemoryLayout layout, IReadOnlyList<object?> records, Func<RecordEncoder> newEncoder)
    {
        Layout = layout;
        Count = records.Count;
        long size = (long)Layout.Size * Count;
        if (size > Array.MaxLength)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryValueTooLarge, $"{Count} records of {Layout.Size} bytes are more than one write holds "
                    + $"({Array.MaxLength} bytes). Nothing was written.");
        }

        _bytes = new byte[size];
        for (int i = 0; i < Count; i++)
        {
            RecordEncoder encoder = newEncoder();
            encoder.Encode(records[i]);
            encoder.CopyTo(_bytes.AsSpan(i * Layout.Size, Layout.Size));
            AddRanges(encoder.Written, i * Layout.Size);
        }
    }

    /// <summary>The layout of each record.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>How many records.</summary>
    public int Count { get; }

    /// <summary>Gets the bytes of the given fields, each with its offset from the start of the first record.</summary>
    internal IEnumerable<(int Offset, ReadOnlyMemory<byte> Bytes)> Parts =>
        _ranges.Select(range => (range.Offset, (ReadOnlyMemory<byte>)_bytes.AsMemory(range.Offset, range.Length)));

    /// <summary>How many bytes all of them span.</summary>
    internal int Length => _bytes.Length;

    /// <summary>Whether no field was given.</summary>
    internal bool IsEmpty => _significant.Count == 0;

    /// <summary>
    /// Whether memory holds what was given: numbers byte for byte, texts to their NUL; what is not given may be anything.
    /// </summary>
    /// <param name="memory">As long as all records together.</param>
    internal bool Match(ReadOnlySpan<byte> memory)
    {
        foreach ((int start, int length) in _significant)
        {
            if (!memory.Slice(start, length).SequenceEqual(_bytes.AsSpan(start, length)))
            {
                return false;
            }
        }

        return true;
    }

    private void AddRanges(IReadOnlyList<EncodedPart> written, int start)
    {
        foreach ((int offset, int length, int significant, _) in written.OrderBy(static part => part.Offset))
        {
            _significant.Add((start + offset, significant));
            if (_ranges.Count > 0 && _ranges[^1] is var last && start + offset <= last.Offset + last.Length)
            {
                _ranges[^1] = (last.Offset, Math.Max(last.Length, start + offset + length - last.Offset));
            }
            else
            {
                _ranges.Add((start + offset, length));
            }
        }
    }
}

/// <summary>Bytes of a record that a value was given for.</summary>
/// <param name="Offset">From the start of the record.</param>
/// <param name="Length">Of all elements of an array.</param>
/// <param name="Significant">How many bytes make the value: of a text those to its NUL, which is all that a C program sees of it.</param>
/// <param name="ElementSize">The bytes that are changed together, a divisor of the length.</param>
internal readonly record struct EncodedPart(int Offset, int Length, int Significant, int ElementSize);
