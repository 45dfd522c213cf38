using System.Collections;
using System.Globalization;
using System.Reflection;

namespace PSIpc.Layout.Records;

/// <summary>
/// A record read from memory: a type made for its layout derives from this and has a property for every field, in the layout's order,
/// which can be set, so that a record can be read, changed and written back.
/// </summary>
public abstract class MemoryRecord
{
    private const int MaximumShown = 16;

    /// <summary>Returns the fields in one line: <c>@{x=1; y=2}</c>.</summary>
    public override string ToString() =>
        $"@{{{string.Join("; ", Properties().Select(property => $"{property.Name}={Show(property.GetValue(this))}"))}}}";

    /// <summary>The bytes that the record was read from, where its values do not tell all of them; otherwise null.</summary>
    internal RecordOriginal? Original { get; set; }

    /// <summary>The properties that stand for fields.</summary>
    internal IEnumerable<PropertyInfo> Properties() =>
        GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    private static string Show(object? value) => value is IList items
        ? $"{{{string.Join(", ", items.Cast<object?>().Take(MaximumShown).Select(Show))}{(items.Count > MaximumShown ? ", …" : "")}}}"
        : DisplayText.Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
}

/// <summary>The bytes that a record was read from: what they hold still is no change.</summary>
internal sealed record RecordOriginal(MemoryLayout Layout, byte[] Bytes);
