using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace PSIpc;

/// <summary>
/// One write on its way: every value becomes bytes here first, and only when all of them did do the bytes go to the record.
/// </summary>
internal sealed class RecordEncoder(RecordWriter writer)
{
    private const int MaximumNamesShown = 20;

    private readonly byte[] _bytes = new byte[writer.Layout.Size];
    private readonly List<(int Offset, int Length, int Significant)> _written = [];

    // Where the value at hand belongs, for messages: fields by name, elements by index.
    private readonly Stack<object> _path = new();

    /// <summary>
    /// Which bytes were given, in the order they were, and how many of them make the value: of a text those to its NUL, which is all that a
    /// C program sees of it.
    /// </summary>
    internal IReadOnlyList<(int Offset, int Length, int Significant)> Written => _written;

    internal void Encode(object? values) => EncodeStructure(values, writer.Layout, 0);

    internal void CopyTo(Span<byte> record)
    {
        foreach ((int offset, int length, _) in _written)
        {
            _bytes.AsSpan(offset, length).CopyTo(record[offset..]);
        }
    }

    private void EncodeStructure(object? value, MemoryLayout layout, int offset)
    {
        object? bare = writer.Unwrap(value);
        if (bare is not null && layout.SourceType == bare.GetType())
        {
            CopyStructure(bare, layout, offset);
            return;
        }

        foreach ((string name, object? member) in RecordWriter.Describe(bare) ?? throw Invalid(bare, "expects a hashtable or an object with its fields"))
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
                Marshal.Copy(pin.AddrOfPinnedObject() + field.Offset, _bytes, offset + field.Offset, field.Size);
                _written.Add((offset + field.Offset, field.Size, field.Size));
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
            Span<byte> bytes = _bytes.AsSpan(offset, size);
            object? bare = writer.Unwrap(value);
            if (isText)
            {
                int length = EncodeText(bare, bytes);
                _written.Add((offset, size, Math.Min(length + 1, size)));
            }
            else
            {
                EncodeNumber(bare, field, bytes);
                _written.Add((offset, size, size));
            }
        }
    }

    private void EncodeArray(object? value, LayoutField field, int dimension, int elementSize, int offset)
    {
        int length = field.Dimensions[dimension];
        object? bare = writer.Unwrap(value);
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
        kind is not (LayoutFieldKind.Boolean or LayoutFieldKind.Char or LayoutFieldKind.Structure)
        && array.Rank == 1 && array.GetType().GetElementType() == RecordFieldReader.NumberType(kind);

    private void CopyNumbers(Array array, int length, int elementSize, int offset)
    {
        if (array.Length > length)
        {
            throw TooLong(length);
        }

        int bytes = array.Length * elementSize;
        Buffer.BlockCopy(array, 0, _bytes, offset, bytes);
        _written.Add((offset, bytes, bytes));
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

    /// <summary>How many bytes the text has without its NUL.</summary>
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
            return writer.Encoding.GetBytes(text);
        }
        catch (EncoderFallbackException exception)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryValueNotEncodable,
                $"The character at index {exception.Index} of the text for {Field} has no form in {writer.Encoding.WebName}. Nothing was written.",
                innerException: exception);
        }
    }

    private void EncodeNumber(object? value, LayoutField field, Span<byte> bytes)
    {
        switch (field.Kind)
        {
            case LayoutFieldKind.Single:
                EncodeSingle(value, bytes);
                break;
            case LayoutFieldKind.Double:
                MemoryMarshal.Write(bytes, RecordNumber.ToDouble(value) ?? throw Invalid(value, "expects a number"));
                break;
            case LayoutFieldKind.Boolean:
                bytes[0] = ToBoolean(value) ? (byte)1 : (byte)0;
                break;
            default:
                EncodeInteger(value is string { Length: 1 } text && field.Kind == LayoutFieldKind.Char ? text[0] : value, field, bytes);
                break;
        }
    }

    private void EncodeSingle(object? value, Span<byte> bytes)
    {
        double number = RecordNumber.ToDouble(value) ?? throw Invalid(value, "expects a number");
        float single = value is float same ? same : (float)number;
        if (float.IsInfinity(single) && double.IsFinite(number))
        {
            throw OutOfRange(string.Create(CultureInfo.InvariantCulture, $"The number does not fit in {Field}: a float goes from {float.MinValue} to {float.MaxValue}"));
        }

        MemoryMarshal.Write(bytes, single);
    }

    private void EncodeInteger(object? value, LayoutField field, Span<byte> bytes)
    {
        BigInteger number = RecordNumber.ToInteger(value) ?? throw Invalid(value, field.Kind == LayoutFieldKind.Char ? "expects one character or its number" : "expects a whole number");
        (BigInteger minimum, BigInteger maximum) = RecordNumber.Range(field.Kind);
        if (number < minimum || number > maximum)
        {
            throw OutOfRange(string.Create(CultureInfo.InvariantCulture, $"The number does not fit in {Field}: {field.TypeName} goes from {minimum} to {maximum}"));
        }

        // In this machine's byte order, and so in two's complement of the field's own width.
        long bits = number < 0 ? (long)number : (long)(ulong)number;
        switch (bytes.Length)
        {
            case sizeof(byte):
                bytes[0] = (byte)bits;
                break;
            case sizeof(short):
                MemoryMarshal.Write(bytes, (short)bits);
                break;
            case sizeof(int):
                MemoryMarshal.Write(bytes, (int)bits);
                break;
            default:
                MemoryMarshal.Write(bytes, bits);
                break;
        }
    }

    private bool ToBoolean(object? value) => value switch
    {
        bool truth => truth,
        string text when bool.TryParse(text, out bool truth) => truth,
        char => throw Invalid(value, "expects a truth value"),
        _ => RecordNumber.ToInteger(value) is { } number ? !number.IsZero : throw Invalid(value, "expects true, false or a whole number"),
    };

    private string Field
    {
        get
        {
            var text = new StringBuilder();
            foreach (object step in _path.Reverse())
            {
                text = step is int index ? text.Append(CultureInfo.InvariantCulture, $"[{index}]") : text.Append(text.Length == 0 ? "" : ".").Append(step);
            }

            return text.Length == 0 ? "the record" : $"field '{text}'";
        }
    }

    private IpcException NotFound(string name, MemoryLayout layout)
    {
        string names = string.Join(", ", layout.Fields.Take(MaximumNamesShown).Select(static field => field.Name));
        string more = layout.Fields.Length > MaximumNamesShown ? $" and {layout.Fields.Length - MaximumNamesShown} more" : "";
        return new(IpcErrorReason.LayoutFieldNotFound, $"'{name}' is no field of {(_path.Count == 0 ? "the layout" : Field)}: its fields are {names}{more}. Nothing was written.");
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
