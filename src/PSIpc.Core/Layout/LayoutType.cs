using System.Collections.Immutable;
using PSIpc.Layout.Declarations;

namespace PSIpc.Layout;

/// <summary>A C type as far as memory is concerned. Arrays are flat: the type of one element and the dimensions, outermost first.</summary>
/// <param name="Name">As C calls the element: <c>unsigned int</c>, <c>struct point</c>.</param>
/// <param name="Kind">What one element is.</param>
/// <param name="Size">Of the whole, in bytes.</param>
/// <param name="Alignment">Of the whole, in bytes: a power of two.</param>
/// <param name="Dimensions">Empty for a type that is no array.</param>
/// <param name="Layout">The element's own layout, for a struct or union.</param>
internal sealed record LayoutType(
    string Name, LayoutFieldKind Kind, int Size, int Alignment, ImmutableArray<int> Dimensions, MemoryLayout? Layout = null)
{
    /// <summary>A number type, aligned to its size as the System V ABI for x86-64 and AAPCS64 have it.</summary>
    internal static LayoutType Number(string name, LayoutFieldKind kind)
    {
        int size = ScalarType.Of(kind).Size;
        return new(name, kind, size, size, []);
    }

    internal static LayoutType Structure(string name, MemoryLayout layout) =>
        new(name, LayoutFieldKind.Structure, layout.Size, layout.Alignment, [], layout);

    /// <summary>An array of this type.</summary>
    internal LayoutType Array(long length, LayoutPosition at)
    {
        if (length < 1)
        {
            throw LayoutErrors.Unsupported(
                at, $"an array has at least 1 element, and this one {length}: flexible and empty arrays have no size");
        }

        if (Size % Alignment != 0)
        {
            throw LayoutErrors.Invalid(at, $"an element of {Size} bytes cannot be aligned to {Alignment} in an array: C refuses it too");
        }

        if (length > MemoryLayout.MaximumSize / Size)
        {
            throw LayoutErrors.TooLarge(
                at, $"{length} elements of {Size} bytes are more than the {MemoryLayout.MaximumSize} bytes of the largest record");
        }

        return this with { Size = (int)(length * Size), Dimensions = Dimensions.Insert(0, (int)length) };
    }
}
