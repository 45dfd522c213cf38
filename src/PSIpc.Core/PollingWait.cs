using System.Globalization;

namespace PSIpc;

/// <summary>Checks once whether what is waited for has come.</summary>
/// <param name="fingerprint">Stands for what was seen. It differs when something has happened that is not what is waited for.</param>
internal delegate bool WaitProbe(out long fingerprint);

/// <summary>One wait: its end, its cancellation, and the pauses between two probes.</summary>
internal sealed class PollingWait
{
    // How long a blocking call may take before it has to come back and check whether the wait was cancelled.
    private static readonly TimeSpan LongestSlice = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan _timeout;
    private readonly Func<string> _subject;
    private readonly IProgress<TimeSpan>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _sleep;
    private readonly long _begun;
    private long _idleSince;
    private long _probedAt;
    private TimeSpan _cost = TimeSpan.MaxValue;
    private long _fingerprint;

    /// <summary>Begins the wait.</summary>
    /// <param name="timeout">The time; 0 for one probe, <see cref="Timeout.InfiniteTimeSpan"/> to wait indefinitely.</param>
    /// <param name="subject">Returns what is waited for, as the error says it: <c>key 0x000004d2 to exist</c>.</param>
    /// <param name="progress">Receives between two probes, on this thread, how long the wait has taken.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="sleep">Pauses for so long, or until the wait is cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">Thrown when the time is negative.</exception>
    internal PollingWait(
        TimeSpan timeout,
        Func<string> subject,
        IProgress<TimeSpan>? progress,
        CancellationToken cancellationToken,
        TimeProvider? time = null,
        Action<TimeSpan>? sleep = null)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        _timeout = timeout;
        _subject = subject;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _time = time ?? TimeProvider.System;
        _sleep = sleep ?? (pause => cancellationToken.WaitHandle.WaitOne(pause));
        _begun = _idleSince = _probedAt = _time.GetTimestamp();
    }

    /// <summary>Gets how long a call may block now.</summary>
    internal TimeSpan Slice => Remaining < LongestSlice ? Remaining : LongestSlice;

    private TimeSpan Remaining
    {
        get
        {
            TimeSpan remaining = _timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : _timeout - _time.GetElapsedTime(_begun);
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>Probes and pauses until a probe succeeds. The last probe is when the time is over.</summary>
    /// <exception cref="IpcException">Thrown when the time is over (<see cref="IpcErrorReason.WaitTimeout"/>).</exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was cancelled.</exception>
    internal void Until(WaitProbe probe)
    {
        while (!probe(out long fingerprint))
        {
            Pause(fingerprint);
        }
    }

    /// <summary>Reports progress, and throws when the wait has ended.</summary>
    /// <exception cref="IpcException">Thrown when the time is over (<see cref="IpcErrorReason.WaitTimeout"/>).</exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was cancelled.</exception>
    internal void ThrowIfCancelledOrExpired()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _progress?.Report(_time.GetElapsedTime(_begun));
        if (Remaining == TimeSpan.Zero)
        {
            throw new IpcException(
                IpcErrorReason.WaitTimeout,
                string.Create(CultureInfo.InvariantCulture, $"Waited {_timeout.TotalSeconds:0.###} s for {_subject()}."));
        }
    }

    /// <summary>Pauses until the next probe, the last of which is when the time is over; throws after that.</summary>
    /// <param name="fingerprint">Stands for what the last probe saw: while it changes, the pauses stay short.</param>
    /// <exception cref="IpcException">Thrown when the time is over (<see cref="IpcErrorReason.WaitTimeout"/>).</exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was cancelled.</exception>
    internal void Pause(long fingerprint = 0)
    {
        ThrowIfCancelledOrExpired();
        if (fingerprint != _fingerprint)
        {
            _fingerprint = fingerprint;
            _idleSince = _time.GetTimestamp();
        }

        // The cheapest probe is what a probe costs; the others were interrupted by something else.
        TimeSpan cost = _time.GetElapsedTime(_probedAt);
        _cost = cost < _cost ? cost : _cost;
        TimeSpan pause = Backoff(_time.GetElapsedTime(_idleSince), _cost);

        // In whole milliseconds, rounded up, so that nothing spins through the last one.
        _sleep(TimeSpan.FromMilliseconds(Math.Ceiling((pause < Remaining ? pause : Remaining).TotalMilliseconds)));
        _probedAt = _time.GetTimestamp();
    }

    /// <summary>
    /// Returns the pause after a probe: a twentieth of the time in which nothing happened, so that an event is noticed late by no more
    /// than that; from 1 to 50 ms, and so long that probing takes less than a hundredth of a core.
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
