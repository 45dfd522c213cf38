using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace PSIpc.Commands;

/// <summary>How figures look in the views: small functions that never throw, also for objects that are only half there.</summary>
public static class Display
{
    private const int DefaultWidth = 80;
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Text from elsewhere, with control and bidirectional characters escaped.</summary>
    /// <param name="value">A value, or null.</param>
    public static string Text(object? value) => DisplayText.Escape(value?.ToString() ?? "");

    /// <summary>A size with its unit, three digits long: <c>512 B</c>, <c>1 KB</c>, <c>1.5 MB</c>; a KB has 1,024 bytes.</summary>
    /// <param name="bytes">A number of bytes, or null.</param>
    public static string Size(object? bytes)
    {
        if (!TryNumber(bytes, out double size))
        {
            return "";
        }

        int unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
        {
            size /= 1024;
        }

        string format = size < 10 ? "0.##" : size < 100 ? "0.#" : "0";
        return $"{size.ToString(format, CultureInfo.CurrentCulture)} {Units[unit]}";
    }

    /// <summary>A size with its unit, and exactly: <c>1.5 KB (1,536 bytes)</c>.</summary>
    /// <param name="bytes">A number of bytes, or null.</param>
    public static string Bytes(object? bytes)
    {
        if (!TryNumber(bytes, out double size))
        {
            return "";
        }

        string exact = size.ToString("N0", CultureInfo.CurrentCulture) + (size == 1 ? " byte" : " bytes");
        return size < 1024 ? exact : $"{Size(bytes)} ({exact})";
    }

    /// <summary>A time of day as the culture writes it, with milliseconds.</summary>
    /// <param name="time">A time, or null.</param>
    public static string Clock(object? time)
    {
        if (time is null || !LanguagePrimitives.TryConvertTo(time, out DateTime moment))
        {
            return "";
        }

        CultureInfo culture = CultureInfo.CurrentCulture;
        string pattern = culture.DateTimeFormat.LongTimePattern.Replace(
            "ss", $"ss'{culture.NumberFormat.NumberDecimalSeparator}'fff", StringComparison.Ordinal);
        return moment.ToString(pattern, culture);
    }

    /// <summary>A process id, in parentheses when that process is gone.</summary>
    /// <param name="processId">A process id, or null.</param>
    /// <param name="alive">Whether it runs, or null where that is not known.</param>
    public static string Process(object? processId, object? alive) =>
        !TryNumber(processId, out double id) ? ""
        : alive is false ? string.Create(CultureInfo.CurrentCulture, $"({id:0})")
        : id.ToString("0", CultureInfo.CurrentCulture);

    /// <summary>A time with three significant digits and its unit: <c>26.1 µs</c>.</summary>
    /// <param name="time">A time span, or null.</param>
    public static string Time(object? time) =>
        LanguagePrimitives.TryConvertTo(time, out TimeSpan span) && time is not null
            ? EchoHistogramText.Format(span, CultureInfo.CurrentCulture)
            : "";

    /// <summary>A measurement: what was done, how fast, how long it took, and the distribution of the latencies as bars.</summary>
    /// <param name="measurement">A measurement, live or deserialised, also one that is only half there.</param>
    /// <param name="width">The columns of the terminal.</param>
    public static string Measurement(PSObject measurement, int width)
    {
        object? Value(string name) => measurement?.Properties[name]?.Value;
        string Number(string name) => TryNumber(Value(name), out double number) ? number.ToString("N0", CultureInfo.CurrentCulture) : "-";
        string Latency(string name) => Time(Value(name));
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.CurrentCulture, $"{Text(Value("Endpoint"))}: {Number("Connections")} connections, messages of "
            + $"{Number("MessageBytes")} bytes, for {Time(Value("Duration"))}");
        text.AppendLine();
        text.AppendLine(CultureInfo.CurrentCulture, $"  exchanges   {Number("Exchanges")} ({Number("Rate")}/s, "
            + $"{Size(Value("Throughput"))}/s each way)");
        text.AppendLine(CultureInfo.CurrentCulture, $"  errors      "
            + $"{Number("ErrorCount")}{(Kinds(Value("Errors")) is { Length: > 0 } kinds ? $" ({kinds})" : "")}; under way at the end "
                + $"{Number("Unfinished")}");
        text.AppendLine(CultureInfo.CurrentCulture, $"  latency     p50 {Latency("P50")}, p90 {Latency("P90")}, p99 {Latency("P99")}, "
            + $"p99.9 {Latency("P999")}, max {Latency("Max")}");
        text.AppendLine();
        int columns = width > 0 ? width : DefaultWidth;
        foreach (string line in EchoHistogramText.Render(Value("Histogram") as string, columns, CultureInfo.CurrentCulture))
        {
            text.AppendLine(line);
        }

        return text.ToString();
    }

    /// <summary>A limit with its unit, or "no limit" where the kernel's default means that.</summary>
    /// <param name="bytes">A number of bytes, or null.</param>
    public static string Limit(object? bytes) => TryNumber(bytes, out double size) && size >= long.MaxValue / 2 ? "no limit" : Size(bytes);

    /// <summary>Errors by their kind: <c>EchoConnectionReset 3, EchoReplyTimeout 1</c>.</summary>
    /// <param name="errors">A dictionary of kinds and counts, or null.</param>
    public static string Kinds(object? errors) => PipelineValue.BaseObject(errors) is IDictionary kinds
        ? string.Join(", ", kinds.Keys.Cast<object>().Select(kind => $"{Text(kind)} {kinds[kind]}"))
        : "";

    private static bool TryNumber(object? value, out double number)
    {
        number = 0;
        value = PipelineValue.BaseObject(value);
        if (value is not (IConvertible and not string))
        {
            return false;
        }

        number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return true;
    }
}
