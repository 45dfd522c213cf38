using System.Globalization;
using PSIpc.Echo.Load;

namespace PSIpc.Commands;

/// <summary>The distribution of a measurement's latencies as text, for a terminal.</summary>
public static class EchoHistogramText
{
    private const int MostRows = 16;
    private const int LabelWidth = 11;
    private const int PercentWidth = 9;
    private const int NarrowestBar = 10;

    // From a fine to a coarse division of a decade: the finest that does not need too many rows is used.
    private static readonly double[][] Divisions =
    [
        [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8],
        [1, 1.5, 2, 3, 5, 7],
        [1, 2, 5],
        [1],
    ];

    private static readonly (string Name, double Nanoseconds)[] Units = [("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1)];

    /// <summary>A line for each range of latencies on a logarithmic scale, with a bar for its share and the share in percent.</summary>
    /// <param name="histogram">A measurement's <see cref="EchoMeasurement.Histogram"/>.</param>
    /// <param name="width">The longest line, in columns; 80 unless given, at least 34.</param>
    /// <param name="culture">How numbers are written; the user's when null.</param>
    /// <returns>Nothing where there is nothing to show, also for a text that is no histogram: a view never fails.</returns>
    public static IReadOnlyList<string> Render(string? histogram, int width = 80, IFormatProvider? culture = null)
    {
        IReadOnlyList<(long Nanoseconds, long Count)> values;
        try
        {
            values = EchoMeasurement.ReadHistogram(histogram);
        }
        catch (IpcException)
        {
            return [];
        }

        if (values.Count == 0)
        {
            return [];
        }

        double total = values.Sum(value => value.Count);
        List<Row> rows = Divide(values);
        long most = rows.Max(row => row.Count);
        int barWidth = Math.Max(NarrowestBar, width - LabelWidth - PercentWidth - 4);
        return rows.ConvertAll(row =>
        {
            string label = $"≤ {FormatNanoseconds(row.UpTo, culture),LabelWidth - 2}";
            string percent = (100.0 * row.Count / total).ToString("0.00", culture) + " %";
            return $" {label}  {Bar(row.Count, most, barWidth).PadRight(barWidth)}{percent,PercentWidth}";
        });
    }

    /// <summary>A latency with three significant digits and its unit: <c>26.1 µs</c>.</summary>
    /// <param name="time">The latency.</param>
    /// <param name="culture">How numbers are written; the user's when null.</param>
    public static string Format(TimeSpan time, IFormatProvider? culture = null) =>
        FormatNanoseconds(time.Ticks * TimeSpan.NanosecondsPerTick, culture);

    private static string FormatNanoseconds(double nanoseconds, IFormatProvider? culture)
    {
        int index = Array.FindIndex(Units, unit => nanoseconds >= unit.Nanoseconds);
        (string name, double unit) = index < 0 ? Units[^1] : Units[index];
        double value = nanoseconds / unit;
        string format = value switch
        {
            >= 100 => "0",
            >= 10 => "0.#",
            _ => "0.##",
        };
        return $"{value.ToString(format, culture ?? CultureInfo.CurrentCulture)} {name}";
    }

    private static List<Row> Divide(IReadOnlyList<(long Nanoseconds, long Count)> values)
    {
        double from = values[0].Nanoseconds;
        double to = values[^1].Nanoseconds;
        foreach (double[] division in Divisions)
        {
            Row[] rows = [.. Boundaries(division, from, to).Select(upTo => new Row(upTo))];
            if (rows.Length <= MostRows || division.Length == 1)
            {
                int index = 0;
                foreach ((long nanoseconds, long count) in values)
                {
                    while (nanoseconds > rows[index].UpTo)
                    {
                        index++;
                    }

                    rows[index].Count += count;
                }

                return [.. rows];
            }
        }

        throw new InvalidOperationException("The last division is always taken.");
    }

    /// <summary>The round numbers from the first not below the lowest value to the first not below the highest.</summary>
    private static IEnumerable<double> Boundaries(double[] division, double from, double to)
    {
        for (double decade = Math.Pow(10, Math.Floor(Math.Log10(from))); ; decade *= 10)
        {
            foreach (double step in division)
            {
                double boundary = Math.Round(step * decade, 3);
                if (boundary >= from)
                {
                    yield return boundary;
                }

                if (boundary >= to)
                {
                    yield break;
                }
            }
        }
    }

    private static string Bar(long count, long most, int width)
    {
        // Eighths of a block, U+2588 to U+258F; something, however little, is always seen.
        long eighths = (long)Math.Ceiling(8.0 * width * count / most);
        int rest = (int)(eighths % 8);
        return new string('█', (int)(eighths / 8)) + (rest == 0 ? string.Empty : ((char)('\u2590' - rest)).ToString());
    }

    private sealed class Row(double upTo)
    {
        internal double UpTo { get; } = upTo;

        internal long Count { get; set; }
    }
}
