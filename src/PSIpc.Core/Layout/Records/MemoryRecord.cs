using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using PSIpc.SharedMemory;

namespace PSIpc.Layout.Records;

/// <summary>
/// A record read from memory: a type made for its layout derives from this and has a property for every field, in the layout's order,
/// which can be set, so that a record can be read, changed and written back.
/// </summary>
public abstract class MemoryRecord
{
    private const int MaximumShown = 16;
    private const int ChunkBytes = 256 << 10;

    /// <summary>Reads records that lie one after another, a chunk at a time, as they are asked for.</summary>
    /// <param name="view">Where from; it must stay open until the last record.</param>
    /// <param name="layout">The layout of each.</param>
    /// <param name="offset">Where the first one begins, in bytes from the start.</param>
    /// <param name="count">How many.</param>
    /// <param name="encoding">That of text in char arrays, UTF-8 unless given.</param>
    /// <exception cref="IpcException">Not even one fits (<see cref="IpcErrorReason.LayoutLargerThanMemory"/>), or not as many
    /// (<see cref="IpcErrorReason.SharedMemoryOutOfRange"/>); both are thrown at once and not with the first record.</exception>
    public static IEnumerable<MemoryRecord> ReadFrom(SharedMemoryView view, MemoryLayout layout, long offset = 0, long count = 1, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(layout);
        CheckRoom(view, layout, offset, count, IpcErrorReason.SharedMemoryOutOfRange);
        return ReadChunks(view, RecordType.Of(layout), offset, count, encoding);
    }

    /// <summary>The fields as PowerShell shows an object inside another: <c>@{x=1; y=2}</c>.</summary>
    public override string ToString() => $"@{{{string.Join("; ", Properties().Select(property => $"{property.Name}={Show(property.GetValue(this))}"))}}}";

    /// <summary>Says no when not all records fit, for this reason, or not even one.</summary>
    internal static void CheckRoom(SharedMemoryView view, MemoryLayout layout, long offset, long count, IpcErrorReason reason)
    {
        long room = view.CheckRange(offset, null);
        if (count < 0 || (count > 0 && count > room / layout.Size))
        {
            throw layout.Size > room
                ? SharedMemoryErrors.LayoutTooLarge(view.Address, layout, offset, room)
                : SharedMemoryErrors.TooManyRecords(reason, view.Address, layout, offset, count, room);
        }
    }

    private static IEnumerable<MemoryRecord> ReadChunks(SharedMemoryView view, RecordType type, long offset, long count, Encoding? encoding)
    {
        int size = type.Layout.Size;
        byte[] chunk = new byte[size * Math.Min(count, Math.Max(1, ChunkBytes / size))];
        for (int records; count > 0; count -= records, offset += records * (long)size)
        {
            records = (int)Math.Min(count, chunk.Length / size);
            view.Read(offset, chunk.AsSpan(0, records * size));
            for (int i = 0; i < records; i++)
            {
                yield return type.Read(chunk.AsSpan(i * size, size), encoding);
            }
        }
    }

    /// <summary>The bytes that the record was read from, where its values do not tell all of them; otherwise null.</summary>
    internal RecordOriginal? Original { get; set; }

    /// <summary>The properties that stand for fields.</summary>
    internal IEnumerable<PropertyInfo> Properties() => GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    private static string Show(object? value) => value is IList items
        ? $"{{{string.Join(", ", items.Cast<object?>().Take(MaximumShown).Select(Show))}{(items.Count > MaximumShown ? ", …" : "")}}}"
        : DisplayText.Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
}
