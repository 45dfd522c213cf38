using System.Collections;
using System.Management.Automation;
using PSIpc.SharedMemory;

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
    /// <exception cref="IpcException">A list contains itself, or lists are nested too deep.</exception>
    internal static IEnumerable<object?> Flatten(object? value) =>
        SharedMemoryValue.Flatten(value, static items => items is IList, IpcErrorReason.LayoutValueInvalid);

    /// <summary>The .NET object, or the properties of an object that is only PowerShell's.</summary>
    internal static object? Unwrap(object? value) =>
        value is PSObject { BaseObject: PSCustomObject } custom ? Properties(custom) : PipelineValue.BaseObject(value);

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
