using System.Diagnostics;
using PSIpc.Echo.Client;
using PSIpc.Sockets;

namespace PSIpc.Echo.Load;

/// <summary>
/// The bookkeeping of a load, written once for every engine: who may begin an exchange, what became of it, when it is over.
/// Not thread-safe: an engine with several threads locks it.
/// </summary>
internal sealed class LoadRun
{
    private readonly CancellationToken _cancellation;
    private readonly LatencyHistogram _latencies = new();
    private readonly Dictionary<IpcErrorReason, long> _errors = [];
    private readonly double _nanosecondsPerTick = 1e9 / Stopwatch.Frequency;
    private long _remaining;
    private long _open;
    private DateTime _startTime;
    private long _started;
    private long _ended;
    private long _deadline = long.MaxValue;
    private long _lastSuccess;
    private long _nextReport;
    private long _lastReport;
    private long _lastReported;
    private long _errorCount;

    internal LoadRun(SocketEndpoint endpoint, EchoLoadOptions options, CancellationToken cancellationToken)
    {
        Endpoint = endpoint;
        Options = options;
        _cancellation = cancellationToken;
        _remaining = options.Count ?? long.MaxValue;
        Pattern = new LoadPattern(options.MessageBytes);
    }

    internal SocketEndpoint Endpoint { get; }

    internal EchoLoadOptions Options { get; }

    internal LoadPattern Pattern { get; }

    /// <summary>Starts the clock: all connections are made.</summary>
    /// <param name="now">The time, as <see cref="Stopwatch.GetTimestamp"/> counts it; so everywhere here.</param>
    internal void Start(long now)
    {
        _startTime = DateTime.UtcNow;
        _started = _lastSuccess = _lastReport = now;
        _nextReport = _started + ToTicks(Options.ProgressInterval);
        if (Options.EffectiveDuration is var duration && duration != Timeout.InfiniteTimeSpan)
        {
            _deadline = _started + ToTicks(duration);
        }
    }

    /// <summary>Whether one more exchange may begin; it has to be completed or to fail.</summary>
    internal bool TryBegin()
    {
        if (_remaining == 0)
        {
            return false;
        }

        _remaining--;
        _open++;
        return true;
    }

    internal void Complete(long begun, long ended)
    {
        _open--;
        _lastSuccess = ended;
        _latencies.Record((long)((ended - begun) * _nanosecondsPerTick));
    }

    /// <summary>An exchange failed.</summary>
    internal void Fail(IpcErrorReason reason)
    {
        _open--;
        FailConnect(reason);
    }

    /// <summary>A connection could not be made.</summary>
    internal void FailConnect(IpcErrorReason reason)
    {
        _errors[reason] = _errors.GetValueOrDefault(reason) + 1;
        _errorCount++;
    }

    /// <summary>
    /// Whether it is over: time or count are used up, it was canceled, or the server is dead and nothing else would end it.
    /// </summary>
    internal bool IsOver(long now) =>
        now >= _deadline || _cancellation.IsCancellationRequested || (_remaining == 0 && _open == 0) || IsHopeless(now);

    /// <summary>Milliseconds until the deadline, at most the given ones; never less than 0.</summary>
    internal int Wait(long now, int most) => _deadline == long.MaxValue
        ? most
        : (int)Math.Clamp((_deadline - now) * 1000 / Stopwatch.Frequency, 0, most);

    /// <summary>Tells the progress, if it is time for it.</summary>
    internal void Report(long now)
    {
        if (now < _nextReport || Options.Progress is null)
        {
            return;
        }

        double rate = (_latencies.Count - _lastReported) / Stopwatch.GetElapsedTime(_lastReport, now).TotalSeconds;
        double ofTime = _deadline == long.MaxValue ? 0 : (double)(now - _started) / (_deadline - _started);
        double ofCount = Options.Count is { } count ? (double)(_latencies.Count + _errorCount) / count : 0;
        _lastReport = now;
        _lastReported = _latencies.Count;
        _nextReport = now + ToTicks(Options.ProgressInterval);
        Options.Progress.Report(new EchoLoadProgress(
            Stopwatch.GetElapsedTime(_started, now), _latencies.Count, _errorCount, rate, Math.Clamp(Math.Max(ofTime, ofCount), 0, 1)));
    }

    /// <summary>Stops the clock.</summary>
    internal void Stop(long now) => _ended = now;

    /// <exception cref="IpcException">
    /// Nothing succeeded: the commonest error's reason, or a timeout where all exchanges were still waited for.
    /// </exception>
    internal EchoMeasurement ToMeasurement()
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_started, _ended);
        if (_latencies.Count == 0 && _errorCount > 0)
        {
            IEnumerable<string> kinds = _errors.OrderByDescending(error => error.Value).Select(error => $"{error.Value} × {error.Key}");
            throw new IpcException(
                _errors.MaxBy(error => error.Value).Key,
                $"{Endpoint}: no exchange succeeded in {elapsed.TotalSeconds:0.#} s: {string.Join(", ", kinds)}.");
        }

        if (_latencies.Count == 0 && _open > 0 && !_cancellation.IsCancellationRequested)
        {
            throw new IpcException(
                IpcErrorReason.EchoReplyTimeout,
                $"{Endpoint}: not one reply came in {elapsed.TotalSeconds:0.#} s; "
                + $"{_open} of {Options.Connections} connections wait for one.");
        }

        return EchoMeasurement.Create(
            _latencies,
            Endpoint.ToString(),
            Endpoint.Transport.ToString(),
            Environment.MachineName,
            [new BusyPeriod(_startTime, _startTime + elapsed)],
            Options.Connections,
            Options.MessageBytes,
            _errors.ToDictionary(error => error.Key.ToString(), error => error.Value),
            _open);
    }

    // With a duration the server has until then to come back; a server that never answered, or only a count, would wait forever.
    // Since the last success there was time for the longest pause, for a connection and for an exchange.
    private bool IsHopeless(long now) =>
        _errorCount > 0
        && (_deadline == long.MaxValue || _latencies.Count == 0)
        && Options.ExchangeTimeout != Timeout.InfiniteTimeSpan
        && Options.ConnectTimeout != Timeout.InfiniteTimeSpan
        && now - _lastSuccess > ToTicks(RetryPause.Longest + Options.ConnectTimeout + Options.ExchangeTimeout);

    private static long ToTicks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}

/// <summary>How long to wait before the next attempt to connect: twice as long each time, from 10 ms to a second.</summary>
internal sealed class RetryPause
{
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    private TimeSpan _next = Shortest;

    internal void Reset() => _next = Shortest;

    internal TimeSpan Next()
    {
        TimeSpan pause = _next;
        _next = pause + pause < Longest ? pause + pause : Longest;
        return pause;
    }
}

/// <summary>
/// Which bytes each exchange sends: a slice of one random block, another one for each connection and from one message to the next,
/// so that a late or swapped echo is a wrong one. Nothing is copied or made for an exchange.
/// </summary>
internal sealed class LoadPattern(int messageBytes)
{
    // Small enough for the first-level cache. Aligned slices keep the kernel's copy fast.
    private const int Slots = 1024;
    private const int SlotBytes = 16;

    private readonly byte[] _block = MakeBlock(messageBytes);

    /// <summary>The message of an exchange.</summary>
    /// <param name="connection">The connection's index.</param>
    /// <param name="sequence">Which message of this connection it is.</param>
    internal ReadOnlyMemory<byte> Message(int connection, uint sequence)
    {
        // Knuth's multiplicative hash spreads the connections; adding walks each of them through all slots.
        uint slot = ((((uint)connection * 2654435761) >> 8) + sequence) % Slots;
        return new ReadOnlyMemory<byte>(_block, (int)slot * SlotBytes, messageBytes);
    }

    private static byte[] MakeBlock(int messageBytes)
    {
        byte[] block = GC.AllocateUninitializedArray<byte>((Slots * SlotBytes) + messageBytes, pinned: true);
        EchoPattern.Fill(block, 0, seed: messageBytes);
        return block;
    }
}
