using System.Collections.Immutable;

namespace PSIpc.Layout;

/// <summary>One field of a <see cref="MemoryLayout"/>.</summary>
public sealed class LayoutField
{
    internal LayoutField(string name, int offset, LayoutType type)
        : this(name, offset, type.Name, type.Kind, type.Size, type.Dimensions, type.Layout)
    {
    }

    private LayoutField(
        string name, int offset, string typeName, LayoutFieldKind kind, int size, ImmutableArray<int> dimensions, MemoryLayout? layout)
    {
        Name = name;
        Offset = offset;
        TypeName = typeName;
        Kind = kind;
        Size = size;
        Dimensions = dimensions;
        Layout = layout;
    }

    /// <summary>The field's name, as declared.</summary>
    public string Name { get; }

    /// <summary>The type of one element, as declared: <c>unsigned int</c>, <c>struct point</c>, <c>System.Int32</c>.</summary>
    public string TypeName { get; }

    /// <summary>What one element is.</summary>
    public LayoutFieldKind Kind { get; }

    /// <summary>From the start of the record, in bytes.</summary>
    public int Offset { get; }

    /// <summary>Of the whole field, in bytes: all elements of an array.</summary>
    public int Size { get; }

    /// <summary>The array's dimensions, outermost first; empty for a field that is no array. Text is an array of char.</summary>
    public ImmutableArray<int> Dimensions { get; }

    /// <summary>The layout of one element, for a struct or union.</summary>
    public MemoryLayout? Layout { get; }

    /// <summary>The same field where what holds it lies at an offset.</summary>
    internal LayoutField Shift(int offset) => new(Name, Offset + offset, TypeName, Kind, Size, Dimensions, Layout);

    /// <summary>The field as C declares it: <c>char name[32]</c>.</summary>
    public override string ToString() => $"{TypeName} {Name}{string.Concat(Dimensions.Select(static length => $"[{length}]"))}";
}

/// <summary>What one element of a layout's field is, whatever C calls it: <c>long</c> is Int64 on Linux and Int32 on Windows.</summary>
public enum LayoutFieldKind
{
    /// <summary>8-bit signed integer.</summary>
    SByte,

    /// <summary>8-bit unsigned integer.</summary>
    Byte,

    /// <summary>16-bit signed integer.</summary>
    Int16,

    /// <summary>16-bit unsigned integer.</summary>
    UInt16,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>32-bit unsigned integer.</summary>
    UInt32,

    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>64-bit unsigned integer.</summary>
    UInt64,

    /// <summary>32-bit floating point number.</summary>
    Single,

    /// <summary>64-bit floating point number.</summary>
    Double,

    /// <summary>C's bool of one byte: anything but 0 is true.</summary>
    Boolean,

    /// <summary>C's plain <c>char</c>: an array of it is text, one alone is a character from U+0000 to U+00FF.</summary>
    Char,

    /// <summary>A struct or union with a layout of its own.</summary>
    Structure,
}
