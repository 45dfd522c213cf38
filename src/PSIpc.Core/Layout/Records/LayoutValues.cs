namespace PSIpc.Layout.Records;

/// <summary>
/// What reading a record makes. The members of a union are all read, so that a record of one byte may have more values than memory
/// has room for: its size bounds neither their number nor their bytes.
/// </summary>
/// <param name="Count">Numbers, structs, and rows of numbers or of text, each row being one copy.</param>
/// <param name="Bytes">The bytes of them all, those of a union once for every member.</param>
internal readonly record struct LayoutValues(long Count, long Bytes)
{
    internal const int MaximumCount = 1 << 20;

    /// <summary>What is too much, or null.</summary>
    internal string? Excess =>
        Count > MaximumCount ? $"the record has {Count} values, structs in structs and every member of a union counted, and at most {MaximumCount} are read"
        : Bytes > MemoryLayout.MaximumSize ? $"the values of the record have {Bytes} bytes, every member of a union counted, and at most {MemoryLayout.MaximumSize} are read"
        : null;

    /// <summary>With one more field.</summary>
    /// <remarks>Nothing overflows where <see cref="Excess"/> is looked at after every field: an array has less than 2 to the 31st
    /// elements, and a layout that was made no more values and bytes than are allowed.</remarks>
    internal LayoutValues And(LayoutField field)
    {
        // A row is the innermost dimension.
        ReadOnlySpan<int> dimensions = field.Dimensions.AsSpan();
        long count = 1;
        foreach (int length in field.Layout is null && !dimensions.IsEmpty ? dimensions[..^1] : dimensions)
        {
            count *= length;
        }

        return field.Layout is { Values: var inner }
            ? new(Count + (count * (1 + inner.Count)), Bytes + (count * inner.Bytes))
            : new(Count + count, Bytes + field.Size);
    }
}
