using System.Globalization;

namespace PSIpc.Bench;

/// <summary>What a figure counts.</summary>
internal enum Unit
{
    Seconds,
    PerSecond,
    BytesPerSecond,
    Bytes,
}

/// <summary>Figures as text.</summary>
internal static class Units
{
    /// <summary>Whether more of it is worse.</summary>
    internal static bool IsCost(this Unit unit) => unit is Unit.Seconds or Unit.Bytes;

    internal static string Format(this Unit unit, double value) => unit switch
    {
        Unit.Seconds => value switch
        {
            < 1e-6 => Text(value * 1e9, "ns"),
            < 1e-3 => Text(value * 1e6, "µs"),
            < 1 => Text(value * 1e3, "ms"),
            _ => Text(value, "s"),
        },
        Unit.PerSecond => value.ToString("N0", CultureInfo.InvariantCulture) + "/s",
        Unit.BytesPerSecond => Text(value / 1e9, "GB/s"),
        _ => value.ToString("N0", CultureInfo.InvariantCulture) + " B",
    };

    /// <summary>A size as people say it: 64 B, 64 KiB, 1 GiB.</summary>
    internal static string Size(long bytes) => bytes switch
    {
        >= 1 << 30 when bytes % (1 << 30) == 0 => $"{bytes >> 30} GiB",
        >= 1 << 20 when bytes % (1 << 20) == 0 => $"{bytes >> 20} MiB",
        >= 1 << 10 when bytes % (1 << 10) == 0 => $"{bytes >> 10} KiB",
        _ => $"{bytes} B",
    };

    private static string Text(double value, string unit)
    {
        string format = Math.Abs(value) switch { < 10 => "F2", < 100 => "F1", _ => "F0" };
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {unit}";
    }
}
