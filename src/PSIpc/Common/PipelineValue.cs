using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Takes PowerShell's wrapping off values, so that the core sees the .NET objects themselves.</summary>
internal static class PipelineValue
{
    /// <summary>Returns the .NET object. A custom object has none, and stays as it is.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    internal static object? BaseObject(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    /// <summary>Returns the .NET object, and in a list of objects those of the items, too.</summary>
    internal static object? Unwrap(object? value) => Unwrap(value, []);

    // A list inside itself stays as it is: what it is for says that it cannot be.
    private static object? Unwrap(object? value, ImmutableStack<object> outer)
    {
        object? bare = BaseObject(value);
        if (bare is not (object?[] or ArrayList or List<object?>) || outer.Contains(bare, ReferenceEqualityComparer.Instance)
            || outer.Count() == SharedMemoryValue.MaximumDepth)
        {
            return bare;
        }

        ImmutableStack<object> inner = outer.Push(bare);
        object? Item(object? item) => Unwrap(item, inner);
        return bare switch
        {
            object?[] items => Array.ConvertAll(items, Item),
            ArrayList items => Array.ConvertAll(items.ToArray(), Item),
            var items => ((List<object?>)items).ConvertAll(Item),
        };
    }
}
