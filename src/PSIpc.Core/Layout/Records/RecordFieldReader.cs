using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>The type of one number, as a property has it.</summary>
    internal static Type NumberType(LayoutFieldKind kind) => kind switch
    {
        LayoutFieldKind.SByte => typeof(sbyte),
        LayoutFieldKind.Byte => typeof(byte),
        LayoutFieldKind.Int16 => typeof(short),
        LayoutFieldKind.UInt16 => typeof(ushort),
        LayoutFieldKind.Int32 => typeof(int),
        LayoutFieldKind.UInt32 => typeof(uint),
        LayoutFieldKind.Int64 => typeof(long),
        LayoutFieldKind.UInt64 => typeof(ulong),
        LayoutFieldKind.Single => typeof(float),
        LayoutFieldKind.Double => typeof(double),
        LayoutFieldKind.Boolean => typeof(bool),
        LayoutFieldKind.Char => typeof(char),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A struct is no number."),
    };

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
    private static RecordFieldReader Row(LayoutFieldKind kind, int length) => kind switch
    {
        LayoutFieldKind.Char => new Text(length),
        LayoutFieldKind.Boolean => new Booleans(length),
        LayoutFieldKind.SByte => new Numbers<sbyte>(length),
        LayoutFieldKind.Byte => new Numbers<byte>(length),
        LayoutFieldKind.Int16 => new Numbers<short>(length),
        LayoutFieldKind.UInt16 => new Numbers<ushort>(length),
        LayoutFieldKind.Int32 => new Numbers<int>(length),
        LayoutFieldKind.UInt32 => new Numbers<uint>(length),
        LayoutFieldKind.Int64 => new Numbers<long>(length),
        LayoutFieldKind.UInt64 => new Numbers<ulong>(length),
        LayoutFieldKind.Single => new Numbers<float>(length),
        LayoutFieldKind.Double => new Numbers<double>(length),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A struct has a reader of its own."),
    };

    private sealed class Text(int length) : RecordFieldReader(typeof(string))
    {
        internal override object Read(ReadOnlySpan<byte> bytes, Encoding encoding) => RecordText.Decode(bytes[..length], encoding);
    }

    private sealed class Numbers<T>(int length) : RecordFieldReader(typeof(T[]))
        where T : unmanaged
    {
        internal override object Read(ReadOnlySpan<byte> bytes, Encoding encoding)
        {
            T[] values = GC.AllocateUninitializedArray<T>(length);
            bytes[..(length * Unsafe.SizeOf<T>())].CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
    }

    private sealed class Booleans(int length) : RecordFieldReader(typeof(bool[]))
    {
        // A byte other than 0 and 1 is no valid .NET bool, so these are not copied but told.
        internal override object Read(ReadOnlySpan<byte> bytes, Encoding encoding)
        {
            bool[] values = new bool[length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = bytes[i] != 0;
            }

            return values;
        }
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
