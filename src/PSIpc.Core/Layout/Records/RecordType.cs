using System.Runtime.CompilerServices;
using System.Text;

namespace PSIpc.Layout.Records;

/// <summary>
/// The .NET type of a layout's records: made at run time, with a property for every field, and read by code made for it. An object
/// with a property bag takes a hundred times as long, so this is what streams records to a pipeline.
/// </summary>
/// <remarks>
/// Numbers are the .NET type of their width, <c>bool</c> is true for anything but 0, <c>char</c> alone is U+0000 to U+00FF, an array of
/// char is text, other arrays are typed arrays (of arrays, for further dimensions), and structs are records. Every member of a union is
/// read.
/// </remarks>
public sealed class RecordType
{
    private static readonly ConditionalWeakTable<MemoryLayout, RecordType> Known = [];

    private readonly RecordFactory _factory;

    /// <exception cref="IpcException">Two fields differ only in the case of their letters.</exception>
    internal RecordType(MemoryLayout layout, RecordAssembly assembly)
    {
        CheckNames(layout);
        Layout = layout;
        (Type, _factory) = RecordEmitter.Emit(layout, assembly);
    }

    /// <summary>The layout.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>The type of the records, which derives from <see cref="MemoryRecord"/>.</summary>
    public Type Type { get; }

    /// <summary>The record type of a layout. Layouts with the same fields that are used one soon after another share one.</summary>
    /// <param name="layout">Any layout.</param>
    /// <exception cref="IpcException">Two fields differ only in the case of their letters
    /// (<see cref="IpcErrorReason.LayoutUnsupported"/>).</exception>
    public static RecordType Of(MemoryLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return Known.GetValue(layout, RecordAssembly.TypeOf);
    }

    /// <summary>Reads a record.</summary>
    /// <param name="record">At least as many bytes as the layout's size; what follows is left alone.</param>
    /// <param name="encoding">That of text in char arrays, UTF-8 unless given; bytes that are no text become U+FFFD, or what its fallback
    /// says.</param>
    /// <returns>An object of <see cref="Type"/>.</returns>
    /// <exception cref="ArgumentException">The bytes are fewer than a record.</exception>
    public MemoryRecord Read(ReadOnlySpan<byte> record, Encoding? encoding = null)
    {
        if (record.Length < Layout.Size)
        {
            throw new ArgumentException($"{record.Length} bytes are no record of {Layout.Size}.", nameof(record));
        }

        MemoryRecord read = _factory(record, encoding ?? Encoding.UTF8);
        if (Layout.NeedsOriginal)
        {
            read.Original = new(Layout, record[..Layout.Size].ToArray());
        }

        return read;
    }

    private static void CheckNames(MemoryLayout layout)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (LayoutField field in layout.Fields)
        {
            if (!names.TryAdd(field.Name, field.Name))
            {
                throw new IpcException(
                    IpcErrorReason.LayoutUnsupported,
                    $"The fields '{names[field.Name]}' and '{field.Name}' differ only in case, so a property of a record could mean "
                        + "either. Rename one: memory has no names.");
            }
        }
    }
}
