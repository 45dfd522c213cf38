using System.Globalization;

namespace PSIpc;

/// <summary>One wait: when it is over, whether it was cancelled, and the pauses between two looks.</summary>
internal sealed class PollingWait
{
    // How long a blocking call may take before it has to come back and ask whether the wait was cancelled.
    private static readonly TimeSpan LongestSlice = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellation;
    private readonly IProgress<TimeSpan>? _waiting;
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _sleep;
    private readonly long _begun;
    private long _idleSince;
    private long _lookedAt;
    private TimeSpan _cost = TimeSpan.MaxValue;
    private long _seen;

    /// <summary>Begins the wait.</summary>
    /// <param name="timeout">How long; 0 for one look, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">What ends it before.</param>
    /// <param name="waiting">Told between two looks, on this thread, how long the wait has taken.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="sleep">Pauses for so long, or until the wait is cancelled.</param>
    internal PollingWait(
        TimeSpan timeout,
        CancellationToken cancellation,
        IProgress<TimeSpan>? waiting = null,
        TimeProvider? time = null,
        Action<TimeSpan>? sleep = null)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        _timeout = timeout;
        _cancellation = cancellation;
        _waiting = waiting;
        _time = time ?? TimeProvider.System;
        _sleep = sleep ?? (pause => _cancellation.WaitHandle.WaitOne(pause));
        _begun = _idleSince = _lookedAt = _time.GetTimestamp();
    }

    /// <summary>How long a call may block now.</summary>
    internal TimeSpan Slice => Remaining < LongestSlice ? Remaining : LongestSlice;

    private TimeSpan Remaining
    {
        get
        {
            TimeSpan remaining = _timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : _timeout - _time.GetElapsedTime(_begun);
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>False when the time is over.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal bool GoesOn()
    {
        _cancellation.ThrowIfCancellationRequested();
        _waiting?.Report(_time.GetElapsedTime(_begun));
        return Remaining > TimeSpan.Zero;
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
            _idleSince = _time.GetTimestamp();
        }

        // The cheapest look is what a look costs; the others were interrupted by something else.
        TimeSpan cost = _time.GetElapsedTime(_lookedAt);
        _cost = cost < _cost ? cost : _cost;
        TimeSpan pause = Backoff(_time.GetElapsedTime(_idleSince), _cost);

        // In whole milliseconds, rounded up, so that nothing spins through the last one.
        _sleep(TimeSpan.FromMilliseconds(Math.Ceiling((pause < Remaining ? pause : Remaining).TotalMilliseconds)));
        _lookedAt = _time.GetTimestamp();
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
