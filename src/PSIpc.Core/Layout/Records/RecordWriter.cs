using System.Collections;
using System.Text;

namespace PSIpc.Layout.Records;

/// <summary>Writes values into the fields of a record: those that are given, all of them or none.</summary>
/// <remarks>
/// Numbers go in when they fit without loss of their whole part: 2.0 is an integer and 1.5 is none; texts of numbers are read as
/// invariant, with <c>0x</c> for hexadecimal; NaN and infinity stay what they are. Text must fit in its char array, which it may fill to
/// the
/// last byte; what is left of the array becomes NUL, as <c>strncpy</c> has it. An array may be shorter than declared: the rest stays as it
/// was.
/// </remarks>
public sealed class RecordWriter
{
    private readonly Encoding _encoding;
    private readonly Func<object?, object?> _unwrap;

    /// <summary>Makes a writer.</summary>
    /// <param name="layout">The record's layout.</param>
    /// <param name="encoding">That of text in char arrays, UTF-8 unless given.</param>
    /// <param name="unwrap">What a value really is, where values come in wrappers: the bare value, or an <see cref="IDictionary"/> of the
    /// properties of an object of the caller's own kind. It is asked for every value, the elements of arrays and inner structs among
    /// them.</param>
    public RecordWriter(MemoryLayout layout, Encoding? encoding = null, Func<object?, object?>? unwrap = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        _encoding = RecordText.Strict(encoding ?? Encoding.UTF8);
        _unwrap = unwrap ?? (static value => value);
    }

    /// <summary>The record's layout.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>Writes the fields that are given.</summary>
    /// <param name="values">A dictionary of names and values, a <see cref="MemoryRecord"/>, or any object with properties or fields of
    /// those
    /// names. Names that differ only in case are taken for a field's where none matches exactly. Of a
    /// <see cref="MemoryRecord"/> the changed members of a union are written.</param>
    /// <param name="record">The record as it is now, at least as long as the layout; only the bytes of given fields change.</param>
    /// <exception cref="IpcException">A name is no field (<see cref="IpcErrorReason.LayoutFieldNotFound"/>), a value does not fit
    /// (<see cref="IpcErrorReason.LayoutValueOutOfRange"/>), is of another kind (<see cref="IpcErrorReason.LayoutValueInvalid"/>) or has a
    /// character that the encoding lacks (<see cref="IpcErrorReason.SharedMemoryValueNotEncodable"/>), or two members of a union have
    /// different
    /// values (<see cref="IpcErrorReason.LayoutValueConflict"/>); nothing was written.</exception>
    /// <exception cref="ArgumentException">The bytes are fewer than a record.</exception>
    public void Write(object? values, Span<byte> record)
    {
        if (record.Length < Layout.Size)
        {
            throw new ArgumentException($"{record.Length} bytes are no record of {Layout.Size}.", nameof(record));
        }

        RecordEncoder encoder = NewEncoder();
        encoder.Encode(values);
        encoder.CopyTo(record);
    }

    /// <summary>Makes records ready to be written one after another; when one is bad, nothing is.</summary>
    /// <param name="records">What <see cref="Write"/> takes, each.</param>
    /// <exception cref="IpcException">As <see cref="Write"/>, or all records together are more than one array holds.</exception>
    public EncodedRecords Encode(IReadOnlyList<object?> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        return new(Layout, records, NewEncoder);
    }

    private RecordEncoder NewEncoder() => new(Layout, _encoding, _unwrap);
}
