using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using PSIpc.Layout.Declarations;
using PSIpc.Layout.Records;

namespace PSIpc.Layout;

/// <summary>
/// Where the fields of a C struct lie in memory: their offsets, sizes and padding are those of this platform's own C compiler.
/// </summary>
public sealed class MemoryLayout
{
    /// <summary>The largest record: what one .NET array or span of bytes can hold.</summary>
    internal static readonly int MaximumSize = Array.MaxLength;

    private string? _signature;

    internal MemoryLayout(string name, int size, int alignment, ImmutableArray<LayoutField> fields)
    {
        Name = name;
        Size = size;
        Alignment = alignment;
        Fields = fields;
        Values = fields.Aggregate(default(LayoutValues), static (values, field) => values.And(field));
        bool overlaps = Overlaps(fields);
        HasOverlap = overlaps || fields.Any(static field => field.Layout is { HasOverlap: true });
        NeedsOriginal = overlaps || fields.Any(static field =>
            field.Kind == LayoutFieldKind.Boolean || field is { Kind: LayoutFieldKind.Char, Dimensions.Length: > 0 });
    }

    /// <summary>
    /// Gets the names of the basic types of C, and of the typedefs of its library, that declarations can use on this system.
    /// </summary>
    public static IReadOnlyCollection<string> TypeNames => CDataModel.Current.Names;

    /// <summary>The struct's tag or typedef name, or the .NET type's name; empty where there is none.</summary>
    public string Name { get; }

    /// <summary>Of one record, in bytes, with its padding: C's <c>sizeof</c>. From 1 to 2,147,483,591.</summary>
    public int Size { get; }

    /// <summary>C's <c>_Alignof</c>, in bytes: a power of two.</summary>
    public int Alignment { get; }

    /// <summary>The fields in the order of their declaration; those of anonymous structs and unions are among them.</summary>
    public ImmutableArray<LayoutField> Fields { get; }

    /// <summary>What reading a record makes, within the limits.</summary>
    internal LayoutValues Values { get; }

    /// <summary>The .NET type that it was made from, if one was.</summary>
    internal Type? SourceType { get; init; }

    /// <summary>Whether two fields share bytes, here or in a struct inside.</summary>
    internal bool HasOverlap { get; }

    /// <summary>
    /// Whether the values of a record do not tell its bytes: a change to one member of a union contradicts the other members, text may be
    /// bytes that no text has, and a <c>bool</c> may be neither 0 nor 1.
    /// </summary>
    internal bool NeedsOriginal { get; }

    /// <summary>
    /// What layouts with the same name, size, and fields have in common. It is a hash, because a struct inside counts by its own
    /// signature: written out, structs in structs would double at every level.
    /// </summary>
    internal string Signature => _signature ??= MakeSignature();

    /// <summary>Reads C declarations as in a header.</summary>
    /// <param name="cDeclarations">Either fields, <c>int32_t id; double value; char name[32];</c>, or definitions of structs, unions and
    /// typedefs, of which the last one is the layout; with both, the fields are the layout and use the definitions. Fields have one
    /// <c>#pragma pack</c>, that of the first. At most 65,536 characters.</param>
    /// <returns>The layout that this platform's C compiler gives them (C11 6.7.2.1, the System V ABI, and GCC's manual on
    /// <c>packed</c>, <c>aligned</c> and <c>#pragma pack</c>).</returns>
    /// <exception cref="IpcException">They do not parse (<see cref="IpcErrorReason.LayoutInvalid"/>), have a bit-field, a pointer, a
    /// flexible array or another thing without a value here (<see cref="IpcErrorReason.LayoutUnsupported"/>), or are over a limit, such as
    /// 1,048,576 values in a record (<see cref="IpcErrorReason.LayoutTooLarge"/>); the message has the line and the column.</exception>
    public static MemoryLayout Parse(string cDeclarations)
    {
        ArgumentNullException.ThrowIfNull(cDeclarations);
        return new LayoutParser(cDeclarations, CDataModel.Current).Parse();
    }

    /// <summary>Takes the layout of a .NET struct.</summary>
    /// <param name="blittable">A struct of a sequential or explicit layout, whose fields are integers, floating point numbers, enums, such
    /// structs, fixed buffers and inline arrays of them.</param>
    /// <exception cref="IpcException">It is no such type (<see cref="IpcErrorReason.LayoutTypeUnsupported"/>), or over a limit
    /// (<see cref="IpcErrorReason.LayoutTooLarge"/>); the message names the field.</exception>
    public static MemoryLayout FromType(Type blittable)
    {
        ArgumentNullException.ThrowIfNull(blittable);
        return BlittableLayout.Of(blittable);
    }

    /// <summary>The field of a name, or the only one whose name differs in case; null where there is none.</summary>
    internal LayoutField? Find(string name) =>
        Fields.FirstOrDefault(field => field.Name == name)
        ?? (Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray() is [var only]
            ? only
            : null);

    private static bool Overlaps(ImmutableArray<LayoutField> fields)
    {
        int end = 0;
        foreach (LayoutField field in fields.OrderBy(static field => field.Offset))
        {
            if (field.Offset < end)
            {
                return true;
            }

            end = field.Offset + field.Size;
        }

        return false;
    }

    private string MakeSignature()
    {
        var text = new StringBuilder(Name).Append(CultureInfo.InvariantCulture, $" {Size}");
        foreach (LayoutField field in Fields)
        {
            text.Append(CultureInfo.InvariantCulture, $";{field.Name} {field.Offset} {field.Kind} {field.Layout?.Signature} ")
                .AppendJoin(',', field.Dimensions);
        }

        return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(text.ToString().AsSpan())));
    }

    /// <summary>The name and the size.</summary>
    public override string ToString() => $"{(Name.Length == 0 ? "struct" : Name)} of {Size} bytes";
}
