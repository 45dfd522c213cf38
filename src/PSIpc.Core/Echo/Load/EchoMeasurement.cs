using System.Globalization;

namespace PSIpc.Echo.Load;

/// <summary>
/// What a load gave: a plain snapshot, the same after serialization. Latencies are of a closed loop: each connection waits for its echo
/// before it sends again, so a stalled server is seen in few slow exchanges and not in all that would have come meanwhile.
/// </summary>
public sealed class EchoMeasurement
{
    /// <summary>Where the server was: <c>tcp://127.0.0.1:7007</c>; several, joined, after a merge.</summary>
    public string Endpoint { get; init; } = string.Empty;

    /// <summary>What carried the bytes.</summary>
    public string Transport { get; init; } = "";

    /// <summary>The machine that the load came from; several, joined, after a merge.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>When the first message went out, in this machine's time zone.</summary>
    public DateTime StartTime { get; init; }

    /// <summary>How long messages went out; after a merge, the time in which any run did, so runs side by side count once.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How many connections were kept busy; after a merge, of all runs together.</summary>
    public int Connections { get; init; }

    /// <summary>The size of a message in bytes.</summary>
    public int MessageBytes { get; init; }

    /// <summary>How many messages came back whole and right.</summary>
    public long Exchanges { get; init; }

    /// <summary>How many bytes came back so; as many went out.</summary>
    public long Bytes { get; init; }

    /// <summary>Exchanges a second.</summary>
    public double Rate { get; init; }

    /// <summary>Bytes a second in one direction.</summary>
    public double Throughput { get; init; }

    /// <summary>The shortest latency, from the first byte out to the last one back, to three significant digits as the others.</summary>
    public TimeSpan Min { get; init; }

    /// <summary>The mean latency.</summary>
    public TimeSpan Mean { get; init; }

    /// <summary>The latency that half of the exchanges did not exceed.</summary>
    public TimeSpan P50 { get; init; }

    /// <summary>The latency that 90% did not exceed.</summary>
    public TimeSpan P90 { get; init; }

    /// <summary>The latency that 99% did not exceed.</summary>
    public TimeSpan P99 { get; init; }

    /// <summary>The latency that 99.9% did not exceed.</summary>
    public TimeSpan P999 { get; init; }

    /// <summary>The longest latency.</summary>
    public TimeSpan Max { get; init; }

    /// <summary>How many exchanges and connections failed.</summary>
    public long ErrorCount { get; init; }

    /// <summary>How many failed of which <see cref="IpcErrorReason"/>, by its name.</summary>
    public IReadOnlyDictionary<string, long> Errors { get; init; } = new Dictionary<string, long>();

    /// <summary>
    /// How many exchanges were under way when the time was up: neither done nor failed, at most one a connection, and in no other
    /// number here.
    /// </summary>
    public long Unfinished { get; init; }

    /// <summary>When each run was, as <c>start/end</c> in UTC (ISO 8601); more than one after a merge.</summary>
#pragma warning disable CA1819 // A plain snapshot, which is serialized.
    public string[] Periods { get; init; } = [];
#pragma warning restore CA1819

    /// <summary>All latencies in nanoseconds: an HdrHistogram, encoded (V2), compressed, in base64.</summary>
    public string Histogram { get; init; } = string.Empty;

    /// <summary>
    /// Combines runs exactly, of one machine or many: histograms are added, and the percentiles are those of all exchanges together.
    /// Rates are of the time in which any run was busy, so the machines' clocks should agree.
    /// </summary>
    /// <param name="measurements">One or more, of one message size and one transport; themselves merged ones or not.</param>
    /// <exception cref="IpcException">There are none, or they cannot be combined.</exception>
    public static EchoMeasurement Merge(IEnumerable<EchoMeasurement> measurements)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        EchoMeasurement[] all = [.. measurements];
        EchoMeasurement first = all.Length > 0 && Array.IndexOf(all, null) < 0
            ? all[0]
            : throw Invalid("There is no measurement to merge.");
        foreach (EchoMeasurement other in all)
        {
            if ((other.MessageBytes, other.Transport) != (first.MessageBytes, first.Transport))
            {
                throw Invalid(
                    $"Messages of {first.MessageBytes} bytes over {first.Transport} and of {other.MessageBytes} over {other.Transport} "
                    + "are not one measurement.");
            }
        }

        var histogram = new LatencyHistogram();
        foreach (EchoMeasurement one in all)
        {
            histogram.Add(LatencyHistogram.Decode(one.Histogram));
        }

        return Create(
            histogram,
            JoinDistinct(all.Select(one => one.Endpoint)),
            first.Transport,
            JoinDistinct(all.Select(one => one.Host)),
            all.SelectMany(one => one.Periods ?? []).Select(BusyPeriod.Parse),
            all.Sum(one => one.Connections),
            first.MessageBytes,
            all.SelectMany(one => one.Errors ?? new Dictionary<string, long>())
                .GroupBy(error => error.Key)
                .ToDictionary(kind => kind.Key, kind => kind.Sum(error => error.Value)),
            all.Sum(one => one.Unfinished));
    }

    internal static EchoMeasurement Create(
        LatencyHistogram histogram,
        string endpoint,
        string transport,
        string host,
        IEnumerable<BusyPeriod> periods,
        int connections,
        int messageBytes,
        Dictionary<string, long> errors,
        long unfinished)
    {
        BusyPeriod[] runs = [.. periods.OrderBy(period => period.Start)];
        if (runs.Length == 0)
        {
            throw Invalid("A measurement without its period cannot be merged.");
        }

        TimeSpan duration = BusyPeriod.Cover(runs);
        double seconds = Math.Max(duration.TotalSeconds, 1e-9);
        long bytes = histogram.Count * messageBytes;
        return new EchoMeasurement
        {
            Endpoint = endpoint,
            Transport = transport,
            Host = host,
            StartTime = runs[0].Start.ToLocalTime(),
            Duration = duration,
            Connections = connections,
            MessageBytes = messageBytes,
            Exchanges = histogram.Count,
            Bytes = bytes,
            Rate = histogram.Count / seconds,
            Throughput = bytes / seconds,
            Min = histogram.Min,
            Mean = histogram.Mean,
            P50 = histogram.Percentile(50),
            P90 = histogram.Percentile(90),
            P99 = histogram.Percentile(99),
            P999 = histogram.Percentile(99.9),
            Max = histogram.Max,
            ErrorCount = errors.Values.Sum(),
            Errors = errors,
            Unfinished = unfinished,
            Periods = [.. runs.Select(run => run.ToString())],
            Histogram = histogram.Encode(),
        };
    }

    private static string JoinDistinct(IEnumerable<string> names) => string.Join(
        ", ",
        names.SelectMany(name => (name ?? string.Empty).Split(", "))
            .Where(name => name.Length > 0)
            .Distinct()
            .Order(StringComparer.Ordinal));

    private static IpcException Invalid(string message) => new(IpcErrorReason.EchoMeasurementInvalid, message);

    /// <summary>Reads the histogram of a measurement.</summary>
    /// <param name="histogram">The text of <see cref="Histogram"/>.</param>
    /// <returns>Each latency that was recorded, as the middle of its bucket, with its count; in ascending order.</returns>
    /// <exception cref="IpcException">The text is not such a histogram (<see cref="IpcErrorReason.EchoMeasurementInvalid"/>).</exception>
    public static IReadOnlyList<(long Nanoseconds, long Count)> ReadHistogram(string? histogram) =>
        [.. LatencyHistogram.Decode(histogram).Values()];
}

/// <summary>When a run was, in UTC.</summary>
internal readonly record struct BusyPeriod(DateTime Start, DateTime End)
{
    /// <exception cref="IpcException">The text isn't a period.</exception>
    internal static BusyPeriod Parse(string text)
    {
        string[] ends = text?.Split('/') ?? [];
        return ends.Length == 2 && TryParse(ends[0], out DateTime start) && TryParse(ends[1], out DateTime end) && start <= end
            ? new BusyPeriod(start, end)
            : throw new IpcException(IpcErrorReason.EchoMeasurementInvalid, $"'{text}' isn't a period of a measurement.");
    }

    /// <summary>How much time the periods cover together. They are in the order of their starts.</summary>
    internal static TimeSpan Cover(IEnumerable<BusyPeriod> periods)
    {
        TimeSpan covered = TimeSpan.Zero;
        DateTime until = DateTime.MinValue;
        foreach ((DateTime start, DateTime end) in periods)
        {
            if (end > until)
            {
                covered += end - (start > until ? start : until);
                until = end;
            }
        }

        return covered;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start:O}/{End:O}");

    private static bool TryParse(string text, out DateTime time) =>
        DateTime.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out time)
        && time.Kind == DateTimeKind.Utc;
}
