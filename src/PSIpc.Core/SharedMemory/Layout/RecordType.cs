using System.Globalization;
using System.Text;

namespace PSIpc;

/// <summary>
/// The .NET type of a layout's records: made at run time, with a property for every field, and read by code made for it. An object
/// with a property bag takes a hundred times as long, so this is what streams records to a pipeline.
/// </summary>
/// <remarks>
/// Numbers are the .NET type of their width, <c>bool</c> is true for anything but 0, <c>char</c> alone is U+0000 to U+00FF, an array of
/// char is text, other arrays are typed arrays (of arrays, for further dimensions), and structs are records. Every member of a union is read.
/// </remarks>
public sealed class RecordType
{
    private const int MaximumCached = 256;

    private static readonly object CacheLock = new();
    private static readonly Dictionary<string, RecordType> Cache = new(StringComparer.Ordinal);
    private static readonly Queue<string> CacheOrder = new();
    private static long s_lastId;

    private readonly RecordFactory _factory;
    private readonly long _id;

    private RecordType(MemoryLayout layout)
    {
        Layout = layout;
        (Type, _factory) = RecordEmitter.Emit(layout);
        _id = Interlocked.Increment(ref s_lastId);
    }

    /// <summary>The layout.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>The type of the records, which derives from <see cref="MemoryRecord"/>.</summary>
    public Type Type { get; }

    /// <summary>The record type of a layout. Layouts with the same fields share one, as long as it is among the last few hundred.</summary>
    /// <param name="layout">Any layout.</param>
    /// <exception cref="IpcException">Two fields differ only in the case of their letters (<see cref="IpcErrorReason.LayoutUnsupported"/>).</exception>
    public static RecordType Of(MemoryLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return layout.RecordType ??= Find(layout);
    }

    /// <summary>Reads a record.</summary>
    /// <param name="record">At least as many bytes as the layout's size; what follows is left alone.</param>
    /// <param name="encoding">That of text in char arrays, UTF-8 unless given; bytes that are no text become U+FFFD, or what its fallback says.</param>
    /// <returns>An object of <see cref="Type"/>.</returns>
    /// <exception cref="ArgumentException">The bytes are fewer than a record.</exception>
    public MemoryRecord Read(ReadOnlySpan<byte> record, Encoding? encoding = null) => record.Length >= Layout.Size
        ? _factory(record, encoding ?? Encoding.UTF8)
        : throw new ArgumentException($"{record.Length} bytes are no record of {Layout.Size}.", nameof(record));

    private static RecordType Find(MemoryLayout layout)
    {
        CheckNames(layout);
        string signature = Signature(layout);
        lock (CacheLock)
        {
            if (!Cache.TryGetValue(signature, out RecordType? type))
            {
                type = new RecordType(layout);
                Cache.Add(signature, type);
                CacheOrder.Enqueue(signature);
                if (CacheOrder.Count > MaximumCached)
                {
                    Cache.Remove(CacheOrder.Dequeue());
                }
            }

            return type;
        }
    }

    // An inner struct counts by the number of its record type: written out, structs in structs would double at every level.
    private static string Signature(MemoryLayout layout)
    {
        var text = new StringBuilder(layout.Name).Append(CultureInfo.InvariantCulture, $" {layout.Size}");
        foreach (LayoutField field in layout.Fields)
        {
            text.Append(CultureInfo.InvariantCulture, $";{field.Name} {field.Offset} {field.Kind} {(field.Layout is null ? 0 : Of(field.Layout)._id)} {string.Join(',', field.Dimensions)}");
        }

        return text.ToString();
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
                    $"The fields '{names[field.Name]}' and '{field.Name}' differ only in case, and PowerShell does not tell them apart. Rename one: memory has no names.");
            }
        }
    }
}
