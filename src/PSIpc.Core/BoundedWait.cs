using System.Diagnostics;
using System.Globalization;

namespace PSIpc;

/// <summary>One wait: when it is over, whether it was cancelled, and the pauses between two looks.</summary>
internal sealed class BoundedWait
{
    // How long a blocking call may take before it has to come back and ask whether the wait was cancelled.
    private static readonly TimeSpan LongestSlice = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellation;
    private readonly IProgress<TimeSpan>? _waiting;
    private readonly Deadline _deadline;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _idleSince = Stopwatch.GetTimestamp();
    private long _lookedAt = Stopwatch.GetTimestamp();
    private TimeSpan _cost = TimeSpan.MaxValue;
    private long _seen;

    /// <summary>Begins the wait.</summary>
    /// <param name="timeout">How long; 0 for one look, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">What ends it before.</param>
    /// <param name="waiting">Told between two looks, on this thread, how long the wait has taken.</param>
    internal BoundedWait(TimeSpan timeout, CancellationToken cancellation, IProgress<TimeSpan>? waiting = null)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        _timeout = timeout;
        _cancellation = cancellation;
        _waiting = waiting;
        _deadline = Deadline.In(timeout);
    }

    /// <summary>How long a call may block now.</summary>
    internal TimeSpan Slice => _deadline.IsNever || _deadline.Remaining > LongestSlice ? LongestSlice : _deadline.Remaining;

    /// <summary>False when the time is over.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal bool GoesOn()
    {
        _cancellation.ThrowIfCancellationRequested();
        _waiting?.Report(Stopwatch.GetElapsedTime(_begun));
        return !_deadline.HasPassed;
    }

    /// <summary>Pauses until the next look, the last of which is when the time is over; false after that.</summary>
    /// <param name="seen">Stands for what this look saw: while it changes, the pauses stay short.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal bool Pause(long seen = 0)
    {
        if (!GoesOn())
        {
            return false;
        }

        if (seen != _seen)
        {
            _seen = seen;
            _idleSince = Stopwatch.GetTimestamp();
        }

        // The cheapest look is what a look costs; the others were interrupted by something else.
        TimeSpan cost = Stopwatch.GetElapsedTime(_lookedAt);
        _cost = cost < _cost ? cost : _cost;
        int pause = (int)Math.Ceiling(Backoff(Stopwatch.GetElapsedTime(_idleSince), _cost).TotalMilliseconds);
        _cancellation.WaitHandle.WaitOne(_deadline.IsNever ? pause : Math.Min(pause, _deadline.Milliseconds));
        _lookedAt = Stopwatch.GetTimestamp();
        return true;
    }

    /// <summary>The error of a wait whose time is over.</summary>
    /// <param name="what">What was waited for: <c>key 0x000004d2 to exist</c>.</param>
    internal IpcException TimedOut(string what) => new(
        IpcErrorReason.WaitTimeout, string.Create(CultureInfo.InvariantCulture, $"Waited {_timeout.TotalSeconds:0.###} s for {what}."));

    /// <summary>
    /// The pause after a look: a twentieth of the time in which nothing happened, so that what comes is noticed late by no more
    /// than that; from 1 to 50 ms, and so long that looking takes less than a hundredth of a core.
    /// </summary>
    internal static TimeSpan Backoff(TimeSpan idle, TimeSpan cost)
    {
        const double Shortest = 1;
        const double Longest = 50;
        const double IdlePart = 20;
        const double CostPart = 100;
        return TimeSpan.FromMilliseconds(Math.Max(
            Math.Clamp(idle.TotalMilliseconds / IdlePart, Shortest, Longest), cost.TotalMilliseconds * CostPart));
    }
}
