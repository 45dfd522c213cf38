using System.Collections;
using System.Management.Automation;
using PSIpc.Layout;

namespace PSIpc.Commands;

/// <summary>What -Layout takes: C declarations, a .NET struct or its name, or a layout that is one already.</summary>
internal static class LayoutArgument
{
    // No binder attribute: what does not parse must keep its own id, with the line and the column.
    internal static MemoryLayout Read(object argument)
    {
        object bare = PipelineValue.BaseObject(argument);
        return bare switch
        {
            MemoryLayout layout => layout,
            Type type => MemoryLayout.FromType(type),
            string text => FindType(text) is { } named ? MemoryLayout.FromType(named) : MemoryLayout.Parse(text),

            // Get-Content gives a header as lines.
            IEnumerable lines => MemoryLayout.Parse(string.Join('\n', lines.Cast<object?>())),
            _ => throw new IpcException(
                IpcErrorReason.LayoutTypeUnsupported, $"An object of type {bare.GetType()} is no layout: give C declarations, a struct "
                    + "type or its name."),
        };
    }

    // Every C declaration has a semicolon, and no type name has one. A bare [Type] reaches a cmdlet as text, brackets and all.
    private static Type? FindType(string text)
    {
        string name = text.Trim();
        name = name is ['[', .., ']'] ? name[1..^1] : name;
        return !name.Contains(';') && LanguagePrimitives.TryConvertTo(name, out Type type) ? type : null;
    }
}
