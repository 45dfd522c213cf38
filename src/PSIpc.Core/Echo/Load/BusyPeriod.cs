using System.Globalization;

namespace PSIpc.Echo.Load;

/// <summary>When a run was, in UTC.</summary>
internal readonly record struct BusyPeriod(DateTime Start, DateTime End)
{
    /// <exception cref="IpcException">The text is no period.</exception>
    internal static BusyPeriod Parse(string text)
    {
        string[] ends = text?.Split('/') ?? [];
        return ends.Length == 2 && TryParse(ends[0], out DateTime start) && TryParse(ends[1], out DateTime end) && start <= end
            ? new BusyPeriod(start, end)
            : throw new IpcException(IpcErrorReason.EchoMeasurementInvalid, $"'{text}' is no period of a measurement.");
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
