using System.Collections.Immutable;
using PSIpc.Layout.Records;

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

/// <summary>A member of a struct before it has a place.</summary>
/// <param name="Name">Null for an anonymous struct or union, whose members become the struct's own.</param>
/// <param name="Type">Its type.</param>
/// <param name="Attributes">What was said about its own alignment.</param>
/// <param name="Position">Where it is declared.</param>
internal readonly record struct LayoutMember(string? Name, LayoutType Type, LayoutAttributes Attributes, LayoutPosition Position);

/// <summary>
/// What a platform's C compiler does: how large the basic types are, and where a struct's members go
/// (C11 6.7.2.1; System V ABI x86-64 3.1.2; AAPCS64; GCC manual 6.33.1, 6.34.1 and 6.62.11).
/// </summary>
internal sealed class CDataModel
{
    /// <summary>What <c>__attribute__((aligned))</c> means without a number: __BIGGEST_ALIGNMENT__ of x86-64 and AArch64.</summary>
    internal const int BiggestAlignment = 16;

    /// <summary>The largest alignment that GCC takes on ELF systems is 2 to the 28th.</summary>
    internal const int MaximumAlignment = 1 << 28;

    /// <summary>Linux and macOS: long and pointers have 64 bits.</summary>
    internal static readonly CDataModel Lp64 = new(LayoutFieldKind.Int64, LayoutFieldKind.UInt64, hasPosixTypes: true);

    /// <summary>Windows: long has 32 bits, pointers have 64.</summary>
    internal static readonly CDataModel Llp64 = new(LayoutFieldKind.Int32, LayoutFieldKind.UInt32, hasPosixTypes: false);

    private readonly Dictionary<string, LayoutType> _types = [];

    private CDataModel(LayoutFieldKind signedLong, LayoutFieldKind unsignedLong, bool hasPosixTypes)
    {
        foreach (ScalarType type in ScalarType.All)
        {
            if (type.Kind is { } kind)
            {
                Add(kind, [.. type.Names]);
            }
        }

        Add(signedLong, "long");
        Add(unsignedLong, "unsigned long");
        Add(signedLong, "off_t");
        if (hasPosixTypes)
        {
            Add(LayoutFieldKind.Int32, "pid_t", "key_t");
            Add(LayoutFieldKind.UInt32, "uid_t", "gid_t");
        }
    }

    /// <summary>The rules of this machine.</summary>
    internal static CDataModel Current => OperatingSystem.IsWindows() ? Llp64 : Lp64;

    /// <summary>Gets the names of the basic types and of the typedefs of the C library.</summary>
    internal IReadOnlyCollection<string> Names => _types.Keys;

    /// <summary>A basic type or a typedef of the C library, or null.</summary>
    internal LayoutType? Find(string name) => _types.GetValueOrDefault(name);

    /// <summary>Gives every member its place.</summary>
    /// <param name="name">The struct's name.</param>
    /// <param name="isUnion">Whether all members lie at offset 0.</param>
    /// <param name="members">At least one.</param>
    /// <param name="attributes">Those of the struct itself.</param>
    /// <param name="pack">The alignment of <c>#pragma pack</c> at the struct's end, or at fields without a struct; 0 for none.</param>
    /// <param name="position">Of the struct, for what is wrong with the whole.</param>
    internal static MemoryLayout Place(
        string name, bool isUnion, IReadOnlyList<LayoutMember> members, LayoutAttributes attributes, int pack, LayoutPosition position)
    {
        ImmutableArray<LayoutField>.Builder fields = ImmutableArray.CreateBuilder<LayoutField>(members.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        LayoutValues values = default;
        long end = 0;
        int alignment = Math.Max(1, attributes.Latest);
        foreach (LayoutMember member in members)
        {
            int memberAlignment = Align(member, attributes.Packed, pack);
            alignment = Math.Max(alignment, memberAlignment);
            long offset = isUnion ? 0 : RoundUp(end, memberAlignment);
            end = Math.Max(end, offset + member.Type.Size);
            if (end > MemoryLayout.MaximumSize)
            {
                throw LayoutErrors.TooLarge(
                    member.Position, $"with this member the record has {end} bytes, and the largest has {MemoryLayout.MaximumSize}");
            }

            foreach (LayoutField field in member.Name is null ? member.Type.Layout!.Fields : [new LayoutField(member.Name, 0, member.Type)])
            {
                fields.Add(names.Add(field.Name)
                    ? field.Shift((int)offset)
                    : throw LayoutErrors.Invalid(member.Position, $"a second field has the name '{field.Name}'"));
                values = values.And(field);
                if (values.Excess is { } excess)
                {
                    throw LayoutErrors.TooLarge(member.Position, $"with this member {excess}");
                }
            }
        }

        long size = RoundUp(end, alignment);
        return size <= MemoryLayout.MaximumSize
            ? new(name, (int)size, alignment, fields.ToImmutable())
            : throw LayoutErrors.TooLarge(position, $"the record has {size} bytes, and the largest has {MemoryLayout.MaximumSize}");
    }

    // GCC's layout_decl: packed gives way to the member's own aligned, and #pragma pack bounds both.
    private static int Align(LayoutMember member, bool packed, int pack)
    {
        int own = member.Attributes.Strictest;
        int alignment = packed || member.Attributes.Packed ? Math.Max(own, 1) : Math.Max(own, member.Type.Alignment);
        return pack > 0 ? Math.Min(alignment, pack) : alignment;
    }

    private static long RoundUp(long offset, int alignment) => (offset + alignment - 1) & -alignment;

    private void Add(LayoutFieldKind kind, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            _types.Add(name, LayoutType.Number(name, kind));
        }
    }
}
