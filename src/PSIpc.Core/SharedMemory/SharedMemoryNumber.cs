using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using PSIpc.Layout.Records;

namespace PSIpc.SharedMemory;

/// <summary>Writes one value as a number of a given type, or fails where the type cannot hold it.</summary>
internal static class SharedMemoryNumber
{
    internal static void Append(IBufferWriter<byte> output, object? value, SharedMemoryDataType type)
    {
        switch (type)
        {
            case SharedMemoryDataType.Bytes or SharedMemoryDataType.Byte: Put(output, Whole<byte>(value, type)); break;
            case SharedMemoryDataType.SByte: Put(output, Whole<sbyte>(value, type)); break;
            case SharedMemoryDataType.Int16: Put(output, Whole<short>(value, type)); break;
            case SharedMemoryDataType.UInt16: Put(output, Whole<ushort>(value, type)); break;
            case SharedMemoryDataType.Int32: Put(output, Whole<int>(value, type)); break;
            case SharedMemoryDataType.UInt32: Put(output, Whole<uint>(value, type)); break;
            case SharedMemoryDataType.Int64: Put(output, Whole<long>(value, type)); break;
            case SharedMemoryDataType.UInt64: Put(output, Whole<ulong>(value, type)); break;
            case SharedMemoryDataType.Half: Put(output, Real<Half>(value, type)); break;
            case SharedMemoryDataType.Single: Put(output, Real<float>(value, type)); break;
            case SharedMemoryDataType.Double: Put(output, Real<double>(value, type)); break;
            case SharedMemoryDataType.Boolean: Put(output, Truth(value) ? (byte)1 : (byte)0); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "Text is no number.");
        }
    }

    internal static void Put<T>(IBufferWriter<byte> output, T number)
        where T : unmanaged => output.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in number)));

    private static T Whole<T>(object? value, SharedMemoryDataType type)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (value is T same)
        {
            return same;
        }

        BigInteger number = RecordNumber.ToInteger(value) ?? throw Invalid(value, type, "is not a whole number");
        return number >= BigInteger.CreateChecked(T.MinValue) && number <= BigInteger.CreateChecked(T.MaxValue)
            ? T.CreateChecked(number)
            : throw OutOfRange(value, type, $"{T.MinValue} to {T.MaxValue}");
    }

    private static T Real<T>(object? value, SharedMemoryDataType type)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        // A conversion could change the bits of a NaN.
        if (value is T same)
        {
            return same;
        }

        double number = RecordNumber.ToDouble(value) ?? throw Invalid(value, type, "is not a number");
        var converted = T.CreateSaturating(number);
        return T.IsInfinity(converted) && double.IsFinite(number)
            ? throw OutOfRange(value, type, $"{T.MinValue} to {T.MaxValue}")
            : converted;
    }

    private static bool Truth(object? value) => value switch
    {
        string text when bool.TryParse(text, out bool truth) => truth,
        char => throw Invalid(value, SharedMemoryDataType.Boolean, "is neither true nor false"),
        _ => RecordNumber.ToInteger(value) is { } number ? !number.IsZero : throw Invalid(value, SharedMemoryDataType.Boolean, "is neither true nor false"),
    };

    // The value itself may be a secret, and an error is shown and logged.
    private static IpcException Invalid(object? value, SharedMemoryDataType type, string what) => new(
        IpcErrorReason.SharedMemoryValueUnsupported, $"The value of type {value?.GetType().ToString() ?? "null"} {what}, and cannot be stored as {type}.");

    private static IpcException OutOfRange(object? value, SharedMemoryDataType type, FormattableString range) => new(
        IpcErrorReason.SharedMemoryValueOutOfRange,
        $"The value of type {value?.GetType().ToString() ?? "null"} does not fit in {type}, which holds {FormattableString.Invariant(range)}.");
}
