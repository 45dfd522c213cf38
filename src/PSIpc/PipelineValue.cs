using System.Collections;
using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Takes PowerShell's wrapping off values, so that the core sees the .NET objects themselves.</summary>
internal static class PipelineValue
{
    internal static object? Unwrap(object? value)
    {
        object? bare = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return bare switch
        {
            object?[] items => Array.ConvertAll(items, Unwrap),
            ArrayList items => Array.ConvertAll(items.ToArray(), Unwrap),
            List<object?> items => items.ConvertAll(Unwrap),
            _ => bare,
        };
    }
}
