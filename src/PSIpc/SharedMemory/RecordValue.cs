using System.Collections;
using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Records as PowerShell gives them: hashtables, its own objects, rows of a table, records read before.</summary>
internal static class RecordValue
{
    // What remoting and jobs add to every object that they bring.
    private static readonly HashSet<string> Remoting = new(StringComparer.OrdinalIgnoreCase)
    {
        "PSComputerName", "PSShowComputerName", "PSSourceJobInstanceId", "RunspaceId",
    };

    /// <summary>The values themselves where they come in lists.</summary>
    internal static IEnumerable<object?> Flatten(object? value) => value is IList list ? list.Cast<object?>().SelectMany(Flatten) : [value];

    /// <summary>The .NET object, or the properties of an object that is only PowerShell's.</summary>
    internal static object? Unwrap(object? value) => value switch
    {
        PSObject { BaseObject: PSCustomObject } custom => Properties(custom),
        PSObject wrapped => wrapped.BaseObject,
        _ => value,
    };

    private static Hashtable Properties(PSObject custom)
    {
        var properties = new Hashtable(StringComparer.Ordinal);
        foreach (PSPropertyInfo property in custom.Properties)
        {
            if (!Remoting.Contains(property.Name))
            {
                properties[property.Name] = property.Value;
            }
        }

        return properties;
    }
}
