using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PSIpc.Layout.Records;

namespace PSIpc.Layout;

/// <summary>What became of a value that was to be written as a scalar type.</summary>
internal enum ScalarWrite
{
    /// <summary>The bytes are written.</summary>
    Written,

    /// <summary>The value is not of this sort: a text where a number belongs.</summary>
    Invalid,

    /// <summary>The type cannot hold the value.</summary>
    OutOfRange,
}

/// <summary>
/// A number, a truth value, or a character as it lies in memory, in this machine's byte order: its width, and how it is read and written.
/// </summary>
internal abstract class ScalarType
{
    // A new type is one line here, with its names in C, and a member of LayoutFieldKind.
    private static readonly ScalarType[] Types =
    [
        new Integer<sbyte>(LayoutFieldKind.SByte, "signed char", "int8_t"),
        new Integer<byte>(LayoutFieldKind.Byte, "unsigned char", "uint8_t"),
        new Integer<short>(LayoutFieldKind.Int16, "short", "int16_t"),
        new Integer<ushort>(LayoutFieldKind.UInt16, "unsigned short", "uint16_t"),
        new Integer<int>(LayoutFieldKind.Int32, "int", "int32_t"),
        new Integer<uint>(LayoutFieldKind.UInt32, "unsigned int", "uint32_t"),
        new Integer<long>(LayoutFieldKind.Int64, "long long", "int64_t", "intmax_t", "ssize_t", "intptr_t", "ptrdiff_t", "time_t"),
        new Integer<ulong>(LayoutFieldKind.UInt64, "unsigned long long", "uint64_t", "uintmax_t", "size_t", "uintptr_t"),
        new Real<Half>(kind: null),
        new Real<float>(LayoutFieldKind.Single, "float"),
        new Real<double>(LayoutFieldKind.Double, "double"),
        new Truth(LayoutFieldKind.Boolean, "bool", "_Bool"),
        new Character(LayoutFieldKind.Char, "char"),
    ];

    private static readonly Dictionary<LayoutFieldKind, ScalarType> ByKind =
        Types.Where(static type => type.Kind is not null).ToDictionary(static type => type.Kind!.Value);

    private static readonly Dictionary<Type, ScalarType> ByType = new(Types.ToDictionary(static type => type.Type))
    {
        [typeof(nint)] = Of(nint.Size == sizeof(long) ? LayoutFieldKind.Int64 : LayoutFieldKind.Int32),
        [typeof(nuint)] = Of(nuint.Size == sizeof(ulong) ? LayoutFieldKind.UInt64 : LayoutFieldKind.UInt32),
    };

    private ScalarType(Type type, int size, LayoutFieldKind? kind, string[] names)
    {
        Type = type;
        Size = size;
        Kind = kind;
        Names = names;
    }

    /// <summary>Gets every scalar type.</summary>
    internal static IReadOnlyList<ScalarType> All => Types;

    /// <summary>Gets the .NET type of one value.</summary>
    internal Type Type { get; }

    /// <summary>Gets the width of one value in bytes.</summary>
    internal int Size { get; }

    /// <summary>Gets the kind of a field of this type, or null where no field can have it.</summary>
    internal LayoutFieldKind? Kind { get; }

    /// <summary>Gets the names in C that mean this type on every system.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Gets a value that indicates whether an array of the .NET type has the same bytes as an array in C.</summary>
    internal virtual bool IsBlittable => true;

    /// <summary>Gets the static method that reads one value from a span of bytes.</summary>
    internal virtual MethodInfo ReadMethod => typeof(MemoryMarshal).GetMethod(nameof(MemoryMarshal.Read))!.MakeGenericMethod(Type);

    /// <summary>Gets what a value must be: <c>a whole number</c>.</summary>
    internal abstract string Expected { get; }

    /// <summary>Gets the smallest and the largest value, where the type has a range.</summary>
    internal virtual string Range => "";

    /// <summary>Returns the type of a field's elements.</summary>
    internal static ScalarType Of(LayoutFieldKind kind) => ByKind[kind];

    /// <summary>Returns the type that has the same form as a .NET type, or null.</summary>
    internal static ScalarType? Of(Type? type) =>
        type is null ? null : ByType.GetValueOrDefault(type.IsEnum ? Enum.GetUnderlyingType(type) : type);

    /// <summary>Reads an array from bytes that are there already.</summary>
    internal Array ReadArray(ReadOnlySpan<byte> bytes)
    {
        Array values = NewArray(bytes.Length / Size, out Span<byte> content);
        bytes.CopyTo(content);
        return Finish(values);
    }

    /// <summary>Reads an array whose bytes an action writes.</summary>
    internal Array ReadArray<TState>(int count, TState state, SpanAction<byte, TState> fill)
    {
        Array values = NewArray(count, out Span<byte> content);
        fill(content, state);
        return Finish(values);
    }

    /// <summary>Writes one value in the width of this type.</summary>
    /// <param name="value">A value of any type.</param>
    /// <param name="bytes">As many bytes as the type is wide. They change only where the value is written.</param>
    internal abstract ScalarWrite Write(object? value, Span<byte> bytes);

    private protected abstract Array NewArray(int count, out Span<byte> content);

    private protected virtual Array Finish(Array values) => values;

    private static MethodInfo StaticMethod(Type type, string name) => type.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    private abstract class Number<T>(LayoutFieldKind? kind, string[] names) : ScalarType(typeof(T), Unsafe.SizeOf<T>(), kind, names)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        internal sealed override string Range => string.Create(CultureInfo.InvariantCulture, $"{T.MinValue} to {T.MaxValue}");

        internal sealed override ScalarWrite Write(object? value, Span<byte> bytes)
        {
            // A conversion could change the bits of a NaN.
            ScalarWrite result = ScalarWrite.Written;
            if (value is not T number)
            {
                result = Convert(value, out number);
            }

            if (result == ScalarWrite.Written)
            {
                MemoryMarshal.Write(bytes, number);
            }

            return result;
        }

        private protected abstract ScalarWrite Convert(object? value, out T number);

        private protected sealed override Array NewArray(int count, out Span<byte> content)
        {
            T[] values = GC.AllocateUninitializedArray<T>(count);
            content = MemoryMarshal.AsBytes(values.AsSpan());
            return values;
        }
    }

    private sealed class Integer<T>(LayoutFieldKind kind, params string[] names) : Number<T>(kind, names)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        internal override string Expected => "a whole number";

        private protected override ScalarWrite Convert(object? value, out T number)
        {
            number = default;
            if (RecordNumber.ToInteger(value) is not { } whole)
            {
                return ScalarWrite.Invalid;
            }

            if (whole < BigInteger.CreateChecked(T.MinValue) || whole > BigInteger.CreateChecked(T.MaxValue))
            {
                return ScalarWrite.OutOfRange;
            }

            number = T.CreateChecked(whole);
            return ScalarWrite.Written;
        }
    }

    private sealed class Real<T>(LayoutFieldKind? kind, params string[] names) : Number<T>(kind, names)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        internal override string Expected => "a number";

        private protected override ScalarWrite Convert(object? value, out T number)
        {
            double? given = RecordNumber.ToDouble(value);
            number = T.CreateSaturating(given ?? 0);
            return given is null ? ScalarWrite.Invalid
                : T.IsInfinity(number) && double.IsFinite(given.Value) ? ScalarWrite.OutOfRange
                : ScalarWrite.Written;
        }
    }

    // A byte other than 0 and 1 is not a valid .NET bool, so an array of these is not copied.
    private sealed class Truth(LayoutFieldKind kind, params string[] names) : ScalarType(typeof(bool), sizeof(byte), kind, names)
    {
        internal override bool IsBlittable => false;

        internal override MethodInfo ReadMethod { get; } = StaticMethod(typeof(Truth), nameof(Read));

        internal override string Expected => "true, false, or a whole number";

        internal override ScalarWrite Write(object? value, Span<byte> bytes)
        {
            bool? truth = value switch
            {
                bool given => given,
                string text when bool.TryParse(text, out bool given) => given,
                char => null,
                _ => RecordNumber.ToInteger(value) is { } number ? !number.IsZero : null,
            };
            if (truth is null)
            {
                return ScalarWrite.Invalid;
            }

            bytes[0] = truth.Value ? (byte)1 : (byte)0;
            return ScalarWrite.Written;
        }

        private protected override Array NewArray(int count, out Span<byte> content)
        {
            byte[] values = new byte[count];
            content = values;
            return values;
        }

        private protected override Array Finish(Array values) => Array.ConvertAll((byte[])values, static value => value != 0);

        private static bool Read(ReadOnlySpan<byte> bytes) => bytes[0] != 0;
    }

    // C's char is signed on one platform and not on another: either way of writing it is meant. An array of char is text.
    private sealed class Character(LayoutFieldKind kind, params string[] names) : ScalarType(typeof(char), sizeof(byte), kind, names)
    {
        internal override bool IsBlittable => false;

        internal override MethodInfo ReadMethod { get; } = StaticMethod(typeof(Character), nameof(Read));

        internal override string Expected => "one character or its number";

        internal override string Range => string.Create(CultureInfo.InvariantCulture, $"{sbyte.MinValue} to {byte.MaxValue}");

        internal override ScalarWrite Write(object? value, Span<byte> bytes)
        {
            if (RecordNumber.ToInteger(value is string { Length: 1 } text ? text[0] : value) is not { } number)
            {
                return ScalarWrite.Invalid;
            }

            if (number < sbyte.MinValue || number > byte.MaxValue)
            {
                return ScalarWrite.OutOfRange;
            }

            bytes[0] = (byte)(int)number;
            return ScalarWrite.Written;
        }

        private protected override Array NewArray(int count, out Span<byte> content) =>
            throw new NotSupportedException("An array of char is text.");

        private static char Read(ReadOnlySpan<byte> bytes) => (char)bytes[0];
    }
}
