using System.Collections.Immutable;

namespace PSIpc.Layout;

/// <summary>One field of a <see cref="MemoryLayout"/>.</summary>
public sealed class LayoutField
{
    internal LayoutField(string name, int offset, LayoutType type)
        : this(name, offset, type.Name, type.Kind, type.Size, type.Dimensions, type.Layout)
    {
    }

    private LayoutField(string name, int offset, string typeName, LayoutFieldKind kind, int size, ImmutableArray<int> dimensions, MemoryLayout? layout)
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
