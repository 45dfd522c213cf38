namespace PSIpc.Layout.Declarations;

/// <summary>What was said about the alignment of a field or a type.</summary>
/// <param name="Packed">Whether it is <c>packed</c>.</param>
/// <param name="Strictest">The largest of <c>aligned(n)</c> and <c>_Alignas(n)</c> in bytes, 0 for none: what GCC gives a field.</param>
/// <param name="Latest">The last of them, 0 for none: what GCC gives a type.</param>
internal readonly record struct LayoutAttributes(bool Packed, int Strictest, int Latest)
{
    internal static LayoutAttributes Aligned(int alignment) => new(false, alignment, alignment);

    internal LayoutAttributes And(LayoutAttributes later) =>
        new(Packed || later.Packed, Math.Max(Strictest, later.Strictest), later.Latest != 0 ? later.Latest : Latest);
}
