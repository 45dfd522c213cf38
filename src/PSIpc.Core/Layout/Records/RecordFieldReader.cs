using System.Text;

namespace PSIpc.Layout.Records;

/// <summary>Makes the value of a field that is more than one number: text, an array, a struct.</summary>
internal abstract class RecordFieldReader
{
    private protected RecordFieldReader(Type type) => Type = type;

    /// <summary>What <see cref="Read"/> gives.</summary>
    internal Type Type { get; }

    /// <summary>Reads a value.</summary>
    /// <param name="bytes">From the value's first byte on.</param>
    /// <param name="encoding">That of text.</param>
    internal abstract object Read(ReadOnlySpan<byte> bytes, Encoding encoding);

    /// <summary>The reader of a field, or null for one number, which needs none.</summary>
    internal static RecordFieldReader? For(LayoutField field, RecordAssembly assembly)
    {
        RecordFieldReader? reader = field.Layout is { } layout ? new Structure(assembly.Find(layout)) : null;
        int size = field.Size / field.Dimensions.Aggregate(1, static (product, length) => product * length);
        for (int i = field.Dimensions.Length - 1; i >= 0; i--)
        {
            int length = field.Dimensions[i];
            reader = reader is null ? Row(field.Kind, length) : (RecordFieldReader)Activator.CreateInstance(
                typeof(Nested<>).MakeGenericType(reader.Type), reader, size, length)!;
            size *= length;
        }

        return reader;
    }

    // The innermost dimension of an array, in one copy.
    private static RecordFieldReader Row(LayoutFieldKind kind, int length) =>
        kind == LayoutFieldKind.Char ? new Text(length) : new Scalars(ScalarType.Of(kind), length);

    private sealed class Text(int length) : RecordFieldReader(typeof(string))
    {
        internal override object Read(ReadOnlySpan<byte> bytes, Encoding encoding) => RecordText.Decode(bytes[..length], encoding);
    }

    private sealed class Scalars(ScalarType type, int length) : RecordFieldReader(type.Type.MakeArrayType())
    {
        internal override object Read(ReadOnlySpan<byte> bytes, Encoding encoding) => type.ReadArray(bytes[..(length * type.Size)]);
    }

    private sealed class Structure(RecordType type) : RecordFieldReader(type.Type)
    {
        internal override object Read(ReadOnlySpan<byte> bytes, Encoding encoding) => type.Read(bytes, encoding);
    }

    private sealed class Nested<T>(RecordFieldReader element, int size, int length) : RecordFieldReader(typeof(T[]))
        where T : class
    {
        internal override object Read(ReadOnlySpan<byte> bytes, Encoding encoding)
        {
            var values = new T[length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (T)element.Read(bytes[(i * size)..], encoding);
            }

            return values;
        }
    }
}

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
        Count > MaximumCount ? $"the record has {Count} values, structs in structs and every member of a union counted, and at most "
            + $"{MaximumCount} are read"
        : Bytes > MemoryLayout.MaximumSize ? $"the values of the record have {Bytes} bytes, every member of a union counted, and at most "
            + $"{MemoryLayout.MaximumSize} are read"
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
