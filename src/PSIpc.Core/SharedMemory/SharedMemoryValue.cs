using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using PSIpc.Layout;
using PSIpc.Layout.Records;

namespace PSIpc.SharedMemory;

/// <summary>What bytes are read as. Numbers are in this machine's own byte order, as in a C program.</summary>
public enum SharedMemoryDataType
{
    /// <summary>Text up to the first NUL.</summary>
    String,

    /// <summary>The bytes as they are, in one array.</summary>
    Bytes,

    /// <summary>8-bit signed integers.</summary>
    SByte,

    /// <summary>8-bit unsigned integers.</summary>
    Byte,

    /// <summary>16-bit signed integers.</summary>
    Int16,

    /// <summary>16-bit unsigned integers.</summary>
    UInt16,

    /// <summary>32-bit signed integers.</summary>
    Int32,

    /// <summary>32-bit unsigned integers.</summary>
    UInt32,

    /// <summary>64-bit signed integers.</summary>
    Int64,

    /// <summary>64-bit unsigned integers.</summary>
    UInt64,

    /// <summary>16-bit floating point numbers (IEEE 754 binary16).</summary>
    Half,

    /// <summary>32-bit floating point numbers.</summary>
    Single,

    /// <summary>64-bit floating point numbers.</summary>
    Double,

    /// <summary>Booleans of one byte: anything but 0 is true.</summary>
    Boolean,
}

/// <summary>What values look like in memory: text as C strings, numbers in this machine's byte order, arrays without gaps.</summary>
public static class SharedMemoryValue
{
    /// <summary>How deep lists may be nested: one that contains itself would go on until the stack ends, and the process with it.</summary>
    public const int MaximumDepth = 64;

    /// <summary>Turns values into the bytes that stand for them, one after the other.</summary>
    /// <param name="values">
    /// Texts, bytes, integers, floating point numbers, booleans, enums, and arrays or lists of them, nested up to
    /// <see cref="MaximumDepth"/> deep.
    /// </param>
    /// <param name="encoding">The encoding of texts.</param>
    /// <param name="terminate">Whether each text ends with a NUL of the encoding's width.</param>
    /// <param name="type">The type that each value is stored as. By default, a value keeps its own type.</param>
    /// <returns>The bytes; the caller's own array where the one value is a <c>byte[]</c>.</returns>
    /// <exception cref="IpcException">
    /// Thrown when a value is of another type (<see cref="IpcErrorReason.SharedMemoryValueUnsupported"/>), does not fit in
    /// <paramref name="type"/> (<see cref="IpcErrorReason.SharedMemoryValueOutOfRange"/>), or has a character that the encoding cannot
    /// express (<see cref="IpcErrorReason.SharedMemoryValueNotEncodable"/>).
    /// </exception>
    public static ReadOnlyMemory<byte> Encode(
        IReadOnlyList<object?> values, Encoding encoding, bool terminate, SharedMemoryDataType? type = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(encoding);
        if (values is [byte[] bytes] && type is null or SharedMemoryDataType.Bytes or SharedMemoryDataType.Byte)
        {
            return bytes;
        }

        var output = new ArrayBufferWriter<byte>();
        Encoding strict = RecordText.Strict(encoding);
        bool IsList(IEnumerable items) =>
            items is not (string or IDictionary) && !(type is null && items is Array numbers && IsPrimitive(numbers));

        foreach (object? value in values.SelectMany(value => Flatten(value, IsList)))
        {
            Append(output, value, type, strict, terminate);
        }

        return output.WrittenMemory;
    }

    /// <summary>Returns the values in nested lists, one after the other.</summary>
    /// <param name="value">A list, or a value.</param>
    /// <param name="isList">Whether a collection is a list of values, and not a value itself.</param>
    /// <param name="reason">The reason of the error.</param>
    /// <exception cref="IpcException">A list contains itself, or lists are nested deeper than <see cref="MaximumDepth"/>.</exception>
    public static IEnumerable<object?> Flatten(
        object? value, Predicate<IEnumerable> isList, IpcErrorReason reason = IpcErrorReason.SharedMemoryValueUnsupported)
    {
        ArgumentNullException.ThrowIfNull(isList);
        return Flatten(value, 0);

        IEnumerable<object?> Flatten(object? item, int depth) =>
            item is not IEnumerable items || !isList(items) ? [item]
            : depth < MaximumDepth ? items.Cast<object?>().SelectMany(inner => Flatten(inner, depth + 1))
            : throw new IpcException(
                reason, $"A list contains itself, or lists are nested deeper than {MaximumDepth}. Nothing was written.");
    }

    /// <summary>Reads numbers or booleans.</summary>
    /// <param name="view">Where from.</param>
    /// <param name="type">Any type but <see cref="SharedMemoryDataType.String"/>.</param>
    /// <param name="offset">From where, in bytes.</param>
    /// <param name="count">How many.</param>
    /// <returns>An array of the type's .NET counterpart.</returns>
    /// <exception cref="IpcException">The range reaches past the end.</exception>
    public static Array ReadArray(SharedMemoryView view, SharedMemoryDataType type, long offset, long count)
    {
        ArgumentNullException.ThrowIfNull(view);
        ScalarType scalar = ScalarOf(type) ?? throw new ArgumentOutOfRangeException(nameof(type), type, "Text is not an array.");
        long bytes = count < 0 ? count : count > long.MaxValue / scalar.Size ? long.MaxValue : count * scalar.Size;
        view.CheckRange(offset, bytes);
        if (bytes > Array.MaxLength)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryOutOfRange,
                $"{bytes} bytes are more than one array holds ({Array.MaxLength}). Read them in parts.");
        }

        return scalar.ReadArray((int)count, (view, offset), static (content, from) => from.view.Read(from.offset, content));
    }

    /// <summary>Copies bytes straight into an array that the caller has.</summary>
    /// <param name="view">Where from.</param>
    /// <param name="offset">From where, in bytes.</param>
    /// <param name="count">How many elements; without it, as many as the array has.</param>
    /// <param name="destination">An array of bytes or of fixed-width numbers.</param>
    /// <exception cref="IpcException">The range reaches past the end of either, or the array is of another type.</exception>
    public static void ReadInto(SharedMemoryView view, long offset, long? count, Array destination)
    {
        ArgumentNullException.ThrowIfNull(view);
        Span<byte> bytes = AsBytes(destination, out int width);
        if (count is < 0 || count > destination.Length)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryOutOfRange,
                $"{count} elements do not go into a destination of {destination.Length}. Nothing was read.");
        }

        view.Read(offset, count is { } elements ? bytes[..((int)elements * width)] : bytes);
    }

    private static void Append(
        ArrayBufferWriter<byte> output, object? value, SharedMemoryDataType? type, Encoding encoding, bool terminate)
    {
        switch (value)
        {
            case string text when type is null or SharedMemoryDataType.String:
                AppendText(output, text, encoding, terminate);
                break;
            case char character when type is null:
                AppendText(output, character.ToString(), encoding, terminate: false);
                break;
            case Enum number when type is null:
                AppendNumber(output, Convert.ChangeType(number, number.GetTypeCode(), null));
                break;
            case Array numbers when type is null && IsPrimitive(numbers):
                output.Write(AsBytes(numbers, out _));
                break;
            case var number when type is null:
                AppendNumber(output, number);
                break;
            case var text when type == SharedMemoryDataType.String:
                AppendText(output, ToText(text), encoding, terminate);
                break;
            default:
                AppendScalar(output, value, ScalarOf(type!.Value)!, type.Value.ToString());
                break;
        }
    }

    private static void AppendText(ArrayBufferWriter<byte> output, string text, Encoding encoding, bool terminate)
    {
        try
        {
            encoding.GetBytes(terminate ? text + '\0' : text, output);
        }
        catch (EncoderFallbackException exception)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryValueNotEncodable,
                $"The character at index {exception.Index} of the text has no form in {encoding.WebName}.",
                innerException: exception);
        }
    }

    private static void AppendNumber(ArrayBufferWriter<byte> output, object? value)
    {
        // char is left out: it is text, and text has an encoding.
        ScalarType type = (value is char ? null : ScalarType.Of(value?.GetType())) ?? throw Unsupported(value);
        AppendScalar(output, value, type, type.Type.Name);
    }

    // The value itself may be a secret, and an error is shown and logged.
    private static void AppendScalar(ArrayBufferWriter<byte> output, object? value, ScalarType type, string name)
    {
        string given = value?.GetType().ToString() ?? "null";
        switch (type.Write(value, output.GetSpan(type.Size)[..type.Size]))
        {
            case ScalarWrite.Invalid:
                throw new IpcException(
                    IpcErrorReason.SharedMemoryValueUnsupported,
                    $"The value of type {given} is not {type.Expected}, and cannot be stored as {name}.");
            case ScalarWrite.OutOfRange:
                throw new IpcException(
                    IpcErrorReason.SharedMemoryValueOutOfRange, $"The value of type {given} does not fit in {name}, which holds "
                        + $"{type.Range}.");
            default:
                output.Advance(type.Size);
                break;
        }
    }

    // The other names of this enumeration are those of the .NET types.
    private static ScalarType? ScalarOf(SharedMemoryDataType type) => type switch
    {
        SharedMemoryDataType.String => null,
        SharedMemoryDataType.Bytes => ScalarType.Of(typeof(byte)),
        _ => ScalarType.Of(Type.GetType($"System.{type}")),
    };

    private static string ToText(object? value) => value switch
    {
        string text => text,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        bool truth => truth.ToString(),
        _ => throw Unsupported(value),
    };

    private static IpcException Unsupported(object? value) => new(
        IpcErrorReason.SharedMemoryValueUnsupported,
        $"A value of type {value?.GetType().ToString() ?? "null"} has no form in memory: give text, bytes, integers, floating point "
            + "numbers, or arrays of them.");

    private static Span<byte> AsBytes(Array array, out int width)
    {
        ArgumentNullException.ThrowIfNull(array);
        Type element = array.GetType().GetElementType()!;
        if (!IsPrimitive(element))
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryValueUnsupported,
                $"An array of {element} has no form in memory: give an array of bytes or of fixed-width numbers.");
        }

        int length = Buffer.ByteLength(array);
        width = array.Length == 0 ? 1 : length / array.Length;
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), length);
    }

    private static bool IsPrimitive(Array array) => IsPrimitive(array.GetType().GetElementType()!);

    // char is left out: it is text, and text has an encoding.
    private static bool IsPrimitive(Type type) => type.IsPrimitive && type != typeof(char);
}
