using System.Collections;
using System.Text;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Turns what -Value and the pipeline give into bytes.</summary>
internal static class ValueArgument
{
    /// <exception cref="IpcException">A value has no form in memory, or is a number whose type PowerShell chose.</exception>
    internal static ReadOnlyMemory<byte> Encode(
        IReadOnlyList<object?> values, SharedMemoryDataType? type, Encoding encoding, bool terminate)
    {
        if (type is null)
        {
            RequireTypes(values);
        }

        return SharedMemoryValue.Encode(values, encoding, terminate, type);
    }

    // PowerShell's arithmetic turns an Int32 into a Double where it overflows, and a Byte into an Int32 always. A value that is written
    // with the width of such a type can overwrite its neighbor, so only a typed collection keeps these types.
    private static void RequireTypes(IReadOnlyList<object?> values)
    {
        object? untyped = values
            .SelectMany(value => SharedMemoryValue.Flatten(value, items => items is not (string or IDictionary) && !IsTyped(items)))
            .FirstOrDefault(value => value is int or long or double or decimal);
        if (untyped is not null)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryTypeMissing,
                $"The width of a number is unknown: PowerShell holds it as {untyped.GetType().Name}, which its arithmetic chooses.");
        }
    }

    private static bool IsTyped(IEnumerable items) =>
        items.GetType().GetElementType() is { IsValueType: true }
        || items is IEnumerable<int> or IEnumerable<long> or IEnumerable<double> or IEnumerable<decimal>;
}
