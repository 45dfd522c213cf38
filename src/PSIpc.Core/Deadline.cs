using System.Diagnostics;

namespace PSIpc;

/// <summary>A point in time on the monotonic clock, or never.</summary>
internal readonly struct Deadline
{
    private readonly long _timestamp;

    private Deadline(long timestamp) => _timestamp = timestamp;

    internal static Deadline Never { get; } = new(long.MaxValue);

    internal static Deadline In(TimeSpan time) => In(time, Stopwatch.GetTimestamp());

    internal static Deadline In(TimeSpan time, long from) => time == Timeout.InfiniteTimeSpan
        ? Never
        : new(from + (long)(time.TotalSeconds * Stopwatch.Frequency));

    internal bool IsNever => _timestamp == long.MaxValue;

    internal bool HasPassed => !IsNever && Stopwatch.GetTimestamp() >= _timestamp;

    /// <summary>What is left, 0 when it has passed; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    internal TimeSpan Remaining => IsNever
        ? Timeout.InfiniteTimeSpan
        : Stopwatch.GetElapsedTime(Math.Min(Stopwatch.GetTimestamp(), _timestamp), _timestamp);

    /// <summary>What is left as poll(2) takes it: rounded up, so that nothing spins through the last millisecond; -1 for never.</summary>
    internal int Milliseconds => IsNever ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(Remaining.TotalMilliseconds));

    internal static Deadline Earlier(Deadline one, Deadline other) => one._timestamp <= other._timestamp ? one : other;

    /// <summary>Makes a source whose token is canceled by the caller's token, or when this deadline passes.</summary>
    internal CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(Remaining);
        return source;
    }

    /// <summary>An equal part of what is left, for one of several attempts.</summary>
    internal Deadline Share(int attempts) => IsNever ? Never : In(Remaining / attempts);
}
