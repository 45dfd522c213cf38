using System.Reflection;
using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace PSIpc.Layout.Records;

/// <summary>
/// One write on its way: every value becomes bytes here first, and only when all of them did do the bytes go to the record.
/// </summary>
/// <remarks>
/// Members of a union share their bytes. A value counts when it was changed: of a record that was read, when it is no longer what the
/// record's original bytes hold, and otherwise always. Two values that count must agree on the bytes they share.
/// </remarks>
internal sealed class RecordEncoder
{
    private const int MaximumNamesShown = 20;

    private readonly MemoryLayout _layout;
    private readonly Encoding _encoding;
    private readonly Func<object?, object?> _unwrap;
    private readonly byte[] _bytes;
    private readonly List<EncodedPart> _written = [];

    // What the record held when it was read, for a record that was read.
    private readonly byte[]? _original;

    // Which bytes a changed value has, where values share bytes.
    private readonly bool[]? _changed;

    // Where the value at hand belongs, for messages: fields by name, elements by index.
    private readonly Stack<object> _path;

    /// <summary>Begins a record.</summary>
    /// <param name="layout">The layout of the record.</param>
    /// <param name="encoding">The encoding of text, which must be strict.</param>
    /// <param name="unwrap">Returns the bare value where values come in wrappers.</param>
    internal RecordEncoder(MemoryLayout layout, Encoding encoding, Func<object?, object?> unwrap)
        : this(layout, encoding, unwrap, null, new())
    {
    }

    private RecordEncoder(
        MemoryLayout layout, Encoding encoding, Func<object?, object?> unwrap, byte[]? original, Stack<object> path)
    {
        _layout = layout;
        _encoding = encoding;
        _unwrap = unwrap;
        _bytes = new byte[layout.Size];
        _original = original;
        _changed = layout.HasOverlap ? new bool[layout.Size] : null;
        _path = path;
    }

    /// <summary>Gets the parts that were given, in the order they were.</summary>
    internal IReadOnlyList<EncodedPart> Written => _written;

    internal void Encode(object? values) => EncodeStructure(values, _layout, 0);

    internal void CopyTo(Span<byte> record)
    {
        foreach ((int offset, int length, _, _) in _written)
        {
            _bytes.AsSpan(offset, length).CopyTo(record[offset..]);
        }
    }

    private void EncodeStructure(object? value, MemoryLayout layout, int offset)
    {
        object? bare = _unwrap(value);
        if (bare is not null && layout.SourceType == bare.GetType())
        {
            CopyStructure(bare, layout, offset);
        }
        else if (bare is MemoryRecord { Original: { } original } && original.Layout.Signature == layout.Signature)
        {
            // What the record is as a whole is found first: it may have been read elsewhere than what holds it.
            var inner = new RecordEncoder(layout, _encoding, _unwrap, original.Bytes, _path);
            inner.EncodeMembers(bare, layout, 0);
            foreach (EncodedPart part in inner._written)
            {
                Put(part with { Offset = offset + part.Offset }, inner._bytes.AsSpan(part.Offset, part.Length));
            }
        }
        else
        {
            EncodeMembers(bare, layout, offset);
        }
    }

    private void EncodeMembers(object? bare, MemoryLayout layout, int offset)
    {
        foreach ((string name, object? member) in Describe(bare) ?? throw Invalid(bare, "expects a hashtable or an object "
            + "with its fields"))
        {
            LayoutField field = layout.Find(name) ?? throw NotFound(name, layout);
            _path.Push(field.Name);
            EncodeValue(member, field, 0, field.Size, offset + field.Offset);
            _path.Pop();
        }
    }

    // A value of the very struct that the layout was made from; its padding is nobody's and stays behind.
    private void CopyStructure(object value, MemoryLayout layout, int offset)
    {
        var pin = GCHandle.Alloc(value, GCHandleType.Pinned);
        try
        {
            foreach (LayoutField field in layout.Fields)
            {
                byte[] bytes = new byte[field.Size];
                Marshal.Copy(pin.AddrOfPinnedObject() + field.Offset, bytes, 0, bytes.Length);
                Put(new(offset + field.Offset, field.Size, field.Size, field.Size), bytes);
            }
        }
        finally
        {
            pin.Free();
        }
    }

    private void EncodeValue(object? value, LayoutField field, int dimension, int size, int offset)
    {
        bool isText = field.Kind == LayoutFieldKind.Char && dimension == field.Dimensions.Length - 1;
        if (dimension < field.Dimensions.Length && !isText)
        {
            EncodeArray(value, field, dimension, size / field.Dimensions[dimension], offset);
        }
        else if (field.Layout is { } layout)
        {
            EncodeStructure(value, layout, offset);
        }
        else
        {
            Span<byte> bytes = _changed is null ? _bytes.AsSpan(offset, size) : new byte[size];
            object? bare = _unwrap(value);
            int length = size;
            if (_original is not null && IsOriginal(bare, field, _original.AsSpan(offset, size)))
            {
                _original.AsSpan(offset, size).CopyTo(bytes);
                length = isText ? RecordText.LengthOf(bytes, _encoding) : size;
            }
            else if (isText)
            {
                length = EncodeText(bare, bytes);
            }
            else
            {
                EncodeScalar(bare, field, bytes);
            }

            Put(new(offset, size, Math.Min(length + 1, size), size), bytes);
        }
    }

    // Text that was bytes of another encoding, and a bool that was 2, would not become the same bytes again.
    private bool IsOriginal(object? value, LayoutField field, ReadOnlySpan<byte> original) => value switch
    {
        string text => field is { Kind: LayoutFieldKind.Char, Dimensions.Length: > 0 }
            && text == RecordText.Decode(original, _encoding),
        bool truth => field.Kind == LayoutFieldKind.Boolean && truth == (original[0] != 0),
        _ => false,
    };

    private void Put(EncodedPart part, ReadOnlySpan<byte> bytes)
    {
        _written.Add(part);
        if (_changed is null)
        {
            bytes.CopyTo(_bytes.AsSpan(part.Offset));
            return;
        }

        for (int i = 0; i < part.Length; i += part.ElementSize)
        {
            PutShared(part.Offset + i, bytes.Slice(i, part.ElementSize));
        }
    }

    private void PutShared(int offset, ReadOnlySpan<byte> element)
    {
        bool isChanged = _original is null || !element.SequenceEqual(_original.AsSpan(offset, element.Length));
        for (int i = 0; i < element.Length; i++)
        {
            if (!_changed![offset + i])
            {
                _bytes[offset + i] = element[i];
                _changed[offset + i] = isChanged;
            }
            else if (isChanged && _bytes[offset + i] != element[i])
            {
                throw new IpcException(
                    IpcErrorReason.LayoutValueConflict,
                    $"{Capitalize(Field)} and a member that shares its bytes have different values. Nothing was written.");
            }
        }
    }

    private void EncodeArray(object? value, LayoutField field, int dimension, int elementSize, int offset)
    {
        int length = field.Dimensions[dimension];
        object? bare = _unwrap(value);
        if (bare is string or IDictionary || bare is not IEnumerable items)
        {
            throw Invalid(bare, $"expects a list of at most {length} elements");
        }

        if (bare is Array array && dimension == field.Dimensions.Length - 1 && IsCopyable(array, field.Kind))
        {
            CopyNumbers(array, length, elementSize, offset);
            return;
        }

        if (bare is Array { Rank: > 1 } grid)
        {
            items = Rows([.. grid.Cast<object?>()], [.. Enumerable.Range(0, grid.Rank).Select(grid.GetLength)]);
        }

        int index = 0;
        foreach (object? item in items)
        {
            if (index == length)
            {
                throw TooLong(length);
            }

            _path.Push(index);
            EncodeValue(item, field, dimension + 1, elementSize, offset + (index * elementSize));
            _path.Pop();
            index++;
        }
    }

    private static bool IsCopyable(Array array, LayoutFieldKind kind) =>
        kind != LayoutFieldKind.Structure && ScalarType.Of(kind) is { IsBlittable: true } type
        && array.Rank == 1 && array.GetType().GetElementType() == type.Type;

    private void CopyNumbers(Array array, int length, int elementSize, int offset)
    {
        if (array.Length > length)
        {
            throw TooLong(length);
        }

        int bytes = array.Length * elementSize;
        ref byte first = ref MemoryMarshal.GetArrayDataReference(array);
        Put(new(offset, bytes, bytes, elementSize), MemoryMarshal.CreateReadOnlySpan(ref first, bytes));
    }

    // A grid, [int[,]], as lists of lists: C keeps it row by row too.
    private static object?[] Rows(object?[] items, int[] lengths)
    {
        if (lengths.Length == 1 || items.Length == 0)
        {
            return items;
        }

        int length = items.Length / lengths[0];
        return [.. Enumerable.Range(0, lengths[0]).Select(row => Rows(items[(row * length)..((row + 1) * length)], lengths[1..]))];
    }

    /// <summary>Returns how many bytes the text has without its NUL.</summary>
    private int EncodeText(object? value, Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = value switch
        {
            string text => GetBytes(text),
            char character => GetBytes(character.ToString()),
            byte[] given => given,
            _ => throw Invalid(value, "expects text"),
        };
        if (bytes.Length > destination.Length)
        {
            throw OutOfRange($"The text of {bytes.Length} bytes does not fit in {Field}, which has {destination.Length}");
        }

        bytes.CopyTo(destination);
        destination[bytes.Length..].Clear();
        return bytes.Length;
    }

    private byte[] GetBytes(string text)
    {
        if (text.Contains('\0'))
        {
            throw Invalid(text, $"ends at a NUL, and the text has one at index {text.IndexOf('\0')}: it would be read back shorter");
        }

        try
        {
            return _encoding.GetBytes(text);
        }
        catch (EncoderFallbackException exception)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryValueNotEncodable,
                $"The character at index {exception.Index} of the text for {Field} has no form in {_encoding.WebName}. Nothing was "
                    + "written.",
                innerException: exception);
        }
    }

    private void EncodeScalar(object? value, LayoutField field, Span<byte> bytes)
    {
        var type = ScalarType.Of(field.Kind);
        switch (type.Write(value, bytes))
        {
            case ScalarWrite.Invalid:
                throw Invalid(value, $"expects {type.Expected}");
            case ScalarWrite.OutOfRange:
                throw OutOfRange($"The number does not fit in {Field}: {field.TypeName} goes from {type.Range}");
            default:
                return;
        }
    }

    /// <summary>The names and values of an object that stands for a struct, or null where it can be none.</summary>
    private static IEnumerable<(string Name, object? Value)>? Describe(object? value) => value switch
    {
        null or string or IConvertible => null,
        IDictionary dictionary => Entries(dictionary),
        MemoryRecord record => record.Properties().Select(property => (property.Name, property.GetValue(record))),
        IEnumerable => null,
        _ => Members(value),
    };

    private static IEnumerable<(string Name, object? Value)> Entries(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
        {
            yield return (entry.Key.ToString() ?? "", entry.Value);
        }
    }

    private static IEnumerable<(string Name, object? Value)> Members(object value)
    {
        Type type = value.GetType();
        IEnumerable<(string, object?)> fields = type.GetFields(BindingFlags.Public | BindingFlags.Instance).Select(
            field => (field.Name, field.GetValue(value)));
        IEnumerable<(string, object?)> properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.CanRead && property.GetIndexParameters().Length == 0)
            .Select(property => (property.Name, property.GetValue(value)));
        return fields.Concat(properties);
    }

    private string Field
    {
        get
        {
            var text = new StringBuilder();
            foreach (object step in _path.Reverse())
            {
                text = step is int index
                    ? text.Append(CultureInfo.InvariantCulture, $"[{index}]")
                    : text.Append(text.Length == 0 ? "" : ".").Append(step);
            }

            return text.Length == 0 ? "the record" : $"field '{text}'";
        }
    }

    private IpcException NotFound(string name, MemoryLayout layout)
    {
        string names = string.Join(", ", layout.Fields.Take(MaximumNamesShown).Select(static field => field.Name));
        string more = layout.Fields.Length > MaximumNamesShown ? $" and {layout.Fields.Length - MaximumNamesShown} more" : "";
        return new(IpcErrorReason.LayoutFieldNotFound, $"'{name}' is no field of {(_path.Count == 0 ? "the layout" : Field)}: its fields "
            + $"are {names}{more}. Nothing was written.");
    }

    private IpcException TooLong(int length) => OutOfRange($"The list is longer than {Field}, which has {length} elements");

    private static IpcException OutOfRange(string what) => new(IpcErrorReason.LayoutValueOutOfRange, $"{what}. Nothing was written.");

    // The kind of the value and a number's digits are said; a text may be a secret, and stays out.
    private IpcException Invalid(object? value, string expects)
    {
        string what = value switch
        {
            null => "null",
            string => "a text",
            IFormattable number and (float or double or decimal or Half) => number.ToString(null, CultureInfo.InvariantCulture),
            _ => $"a {value.GetType()}",
        };
        return new(IpcErrorReason.LayoutValueInvalid, $"{Capitalize(Field)} {expects}, and was given {what}. Nothing was written.");
    }

    private static string Capitalize(string text) => string.Concat(text[..1].ToUpperInvariant(), text.AsSpan(1));
}
