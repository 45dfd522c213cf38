using System.Globalization;
using System.Numerics;

namespace PSIpc.Layout.Records;

/// <summary>What a .NET value is as a number, whatever the culture.</summary>
internal static class RecordNumber
{
    private const string HexadecimalPrefix = "0x";

    /// <summary>The whole number that a value is, or null where it is none: a fraction, a text of something else.</summary>
    internal static BigInteger? ToInteger(object? value) => value switch
    {
        byte number => number,
        sbyte number => number,
        short number => number,
        ushort number => number,
        int number => number,
        uint number => number,
        long number => number,
        ulong number => number,
        nint number => (long)number,
        nuint number => (ulong)number,
        Int128 number => (BigInteger)number,
        UInt128 number => (BigInteger)number,
        BigInteger number => number,
        char character => character,
        bool truth => truth ? 1 : 0,
        float number when float.IsInteger(number) => (BigInteger)number,
        double number when double.IsInteger(number) => (BigInteger)number,
        Half number when Half.IsInteger(number) => (BigInteger)(double)number,
        decimal number when decimal.IsInteger(number) => (BigInteger)number,
        Enum constant => ToInteger(Convert.ChangeType(constant, constant.GetTypeCode(), CultureInfo.InvariantCulture)),
        string text => ParseInteger(text.Trim()),
        _ => null,
    };

    /// <summary>The floating point number that a value is, or null where it is none.</summary>
    internal static double? ToDouble(object? value) => value switch
    {
        double number => number,
        float number => number,
        Half number => (double)number,
        decimal number => (double)number,
        bool or char => null,
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? double.IsInfinity(number) && text.Any(char.IsAsciiDigit) ? null : number
            : ToDouble(ToInteger(text)),
        BigInteger whole => double.IsFinite((double)whole) ? (double)whole : null,
        _ => ToInteger(value) is { } whole ? ToDouble(whole) : null,
    };

    // The length is bounded before the digits are: the time to read them grows with its square.
    private static BigInteger? ParseInteger(string text)
    {
        if (text.Length > 40)
        {
            return null;
        }

        if (text.StartsWith(HexadecimalPrefix, StringComparison.OrdinalIgnoreCase))
        {
            ReadOnlySpan<char> digits = text.AsSpan(HexadecimalPrefix.Length);
            return UInt128.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 bits)
                ? (BigInteger)bits
                : null;
        }

        return BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number)
            ? number
            : null;
    }
}
