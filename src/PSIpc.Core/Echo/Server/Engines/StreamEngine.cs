using System.Net.Sockets;
using PSIpc.Echo.Server.Sessions;

namespace PSIpc.Echo.Server.Engines;

/// <summary>
/// TLS, named pipes, and TCP and Unix sockets on other systems than Linux: one asynchronous loop a connection on the thread pool.
/// While a connection waits for its peer it holds no buffer.
/// </summary>
internal sealed class StreamEngine : IEchoEngine
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly EchoServerContext _service;
    private readonly IServerListener _source;
    private readonly object _changing = new();
    private readonly HashSet<StreamServerConnection> _sessions = [];
    private readonly IdleList _idle;
    private TaskCompletionSource _wake = NewWake();
    private long _stopAt = long.MaxValue;
    private volatile bool _isAcceptPaused;

    internal StreamEngine(EchoServerContext service, IServerListener source)
    {
        _service = service;
        _source = source;
        _idle = new IdleList(service.Options.IdleTimeout);
        Completion = Task.WhenAll(Task.Run(AcceptAsync), Task.Run(KeepTimeAsync));
    }

    public string Name => "asynchronous streams";

    public Task Completion { get; }

    public bool IsAcceptPaused => _isAcceptPaused;

    public void Stop(long deadline)
    {
        StreamServerConnection[] sessions;
        lock (_changing)
        {
            if (deadline >= _stopAt)
            {
                return;
            }

            _stopAt = deadline;
            _wake.TrySetResult();
            sessions = [.. _sessions];
        }

        _source.Dispose();
        foreach (StreamServerConnection session in sessions)
        {
            session.Drain();
        }
    }

    private bool IsStopping => Volatile.Read(ref _stopAt) != long.MaxValue;

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        try
        {
            while (!IsStopping)
            {
                if (await AcceptOneAsync().ConfigureAwait(false) is { } channel)
                {
                    Add(channel);
                }
            }
        }
        finally
        {
            // When accepting itself failed, the rest is closed too.
            if (!IsStopping)
            {
                Stop(Environment.TickCount64);
            }
        }
    }

    /// <summary>The next connection; null when there was none, and it is worth another try.</summary>
    private async Task<ServerChannel?> AcceptOneAsync()
    {
        try
        {
            return await _source.AcceptAsync().ConfigureAwait(false);
        }
        catch (Exception) when (IsStopping)
        {
            return null;
        }
        catch (SocketException exception)
            when (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
        {
            // Out of descriptors: who waits in the backlog is served later.
            Interlocked.Increment(ref _service.Counters.AcceptPauses);
            _isAcceptPaused = true;
            await Task.Delay(AcceptPause).ConfigureAwait(false);
            _isAcceptPaused = false;
            return null;
        }
        catch (Exception exception) when (exception is SocketException { SocketErrorCode: not SocketError.InvalidArgument } or IOException)
        {
            // A connection that was gone before it was accepted.
            return null;
        }
    }

    private void Add(ServerChannel channel)
    {
        StreamServerConnection? session = null;
        lock (_changing)
        {
            if (!IsStopping && _service.TryAdmit(out long id))
            {
                session = new StreamServerConnection(_service, id, channel);
                _sessions.Add(session);
                _idle.Add(session, Environment.TickCount64);
                if (_sessions.Count == 1)
                {
                    _wake.TrySetResult();
                }
            }
        }

        if (session is null)
        {
            channel.SetToReset();
            channel.Dispose();
        }
        else
        {
            _ = ServeAsync(session);
        }
    }

    private async Task ServeAsync(StreamServerConnection session)
    {
        // Away from the accepting thread, which has others to accept.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        CloseReason end;
        try
        {
            await session.Channel.OpenAsync(session.Aborted).ConfigureAwait(false);
            end = await EchoAsync(session).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // An error of one connection ends only that connection.
            end = session.AbortedAs ?? CloseReason.Failed;
        }

        lock (_changing)
        {
            _sessions.Remove(session);
            _idle.Remove(session);
            if (_sessions.Count == 0)
            {
                _wake.TrySetResult();
            }
        }

        session.End(end);
        session.Dispose();
    }

    private async Task<CloseReason> EchoAsync(StreamServerConnection session)
    {
        Stream stream = session.Channel.Stream;
        while (true)
        {
            switch (session.Next(Environment.TickCount64, out ReadOnlyMemory<byte> piece))
            {
                case SessionAction.Read:
                    await ReadAsync(session, stream).ConfigureAwait(false);
                    break;
                case SessionAction.Send:
                    await stream.WriteAsync(piece, session.Aborted).ConfigureAwait(false);
                    session.Sent(piece.Length);
                    Touch(session);
                    break;
                case SessionAction.Wait:
                    long wait = Math.Max(0, session.DueAt - Environment.TickCount64);
                    await Task.Delay(TimeSpan.FromMilliseconds(wait), session.Aborted).ConfigureAwait(false);
                    break;
                case SessionAction.Stall:
                    await Task.Delay(Timeout.Infinite, session.Aborted).ConfigureAwait(false);
                    break;
                case SessionAction.Finish:
                    await session.Channel.HalfCloseAsync().ConfigureAwait(false);
                    return CloseReason.Finished;
                case SessionAction.Reset:
                    session.Channel.SetToReset();
                    return session.IsTooLarge ? CloseReason.TooLarge : CloseReason.Finished;
            }
        }
    }

    private async Task ReadAsync(StreamServerConnection session, Stream stream)
    {
        if (!await WaitForInputAsync(session, stream).ConfigureAwait(false))
        {
            return;
        }

        BufferBlock segment = _service.Pool.Rent(_service.ReadLimit);
        try
        {
            int count = await stream.ReadAsync(segment.Buffer, session.Aborted).ConfigureAwait(false);
            if (count == 0)
            {
                session.EndInput();
                return;
            }

            ReadOnlyMemory<byte> bytes = segment.Buffer.AsMemory(0, count);
            Touch(session);
            session.Received(bytes.Span);
            if (session.EchoesDirectly)
            {
                await stream.WriteAsync(bytes, session.Aborted).ConfigureAwait(false);
                session.SentDirectly(count);
                Touch(session);
            }
            else
            {
                session.Keep(bytes.Span);
            }
        }
        finally
        {
            _service.Pool.Return(segment);
        }
    }

    /// <summary>
    /// Waits, without a buffer, until there is something to read; false when the server began to stop meanwhile. A half-close is made
    /// between two waits and never beside one, as an SslStream does not bear a shutdown and a read at the same time.
    /// </summary>
    private static async Task<bool> WaitForInputAsync(StreamServerConnection session, Stream stream)
    {
        if (session.ShouldHalfClose && !session.Channel.HasInput)
        {
            session.HalfClosed();
            await session.Channel.HalfCloseAsync().ConfigureAwait(false);
        }

        if (!session.Channel.WaitsWithoutBuffer)
        {
            return true;
        }

        try
        {
            await stream.ReadAsync(Memory<byte>.Empty, session.Interrupted).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (session.TakeDrain())
        {
            return false;
        }
    }

    private void Touch(StreamServerConnection session)
    {
        lock (_changing)
        {
            _idle.Touch(session, Environment.TickCount64);
        }
    }

    /// <summary>Cuts off the idle, and at the deadline of a stop the rest; ends when all have gone.</summary>
    private async Task KeepTimeAsync()
    {
        while (true)
        {
            Task wake;
            long due;
            lock (_changing)
            {
                if (IsStopping && _sessions.Count == 0)
                {
                    return;
                }

                if (_wake.Task.IsCompleted)
                {
                    _wake = NewWake();
                }

                wake = _wake.Task;
                // After the deadline everything has been aborted, and only their going is waited for.
                long deadline = _stopAt <= Environment.TickCount64 ? long.MaxValue : _stopAt;
                due = Math.Min(_idle.DueAt, deadline);
                if (deadline != _stopAt)
                {
                    AbortEach([.. _sessions], CloseReason.Aborted);
                }
            }

            // One more than the time left, so that the clock has passed it.
            TimeSpan wait = TimeSpan.FromMilliseconds(Math.Clamp(due - Environment.TickCount64 + 1, 1, int.MaxValue));
            await wake.WaitAsync(wait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            AbortEach(TakeExpired(), CloseReason.Idle);
        }
    }

    private List<StreamServerConnection> TakeExpired()
    {
        var expired = new List<StreamServerConnection>();
        lock (_changing)
        {
            long now = Environment.TickCount64;
            while (_idle.FindExpired(now) is StreamServerConnection session)
            {
                // To the end of the list until it has closed.
                _idle.Remove(session);
                _idle.Add(session, now);
                expired.Add(session);
            }
        }

        return expired;
    }

    // Off this thread and out of the lock: what ends with an abort may run on at once where the abort was called.
    private static void AbortEach(List<StreamServerConnection> sessions, CloseReason end) =>
        sessions.ForEach(session => Task.Run(() => session.Abort(end)));
}

/// <summary>A connection of the <see cref="StreamEngine"/>.</summary>
internal sealed class StreamServerConnection(EchoServerContext service, long id, ServerChannel channel)
    : EchoSession(service, id), IDisposable
{
    private readonly object _ending = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly CancellationTokenSource _draining = new();
    private bool _isDisposed;

    internal ServerChannel Channel => channel;

    /// <summary>Ends whatever the session does.</summary>
    internal CancellationToken Aborted => _aborted.Token;

    /// <summary>Ends the wait for input, when the server stops.</summary>
    internal CancellationToken Interrupted => IsDraining ? _aborted.Token : _draining.Token;

    /// <summary>Why the engine ended it, where it did.</summary>
    internal CloseReason? AbortedAs { get; private set; }

    /// <summary>The server stops.</summary>
    internal void Drain()
    {
        if (channel.WaitsWithoutBuffer)
        {
            Cancel(_draining);
        }
        else
        {
            // It cannot be told in the middle of a read that no more will come.
            Abort(CloseReason.Aborted);
        }
    }

    /// <summary>Whether the wait was ended because the server stops; the session drains from now on.</summary>
    internal bool TakeDrain()
    {
        bool takes = !IsDraining && !_aborted.IsCancellationRequested;
        BeginDrain();
        return takes;
    }

    /// <summary>Ends it from outside: whatever it waits for fails.</summary>
    internal void Abort(CloseReason end)
    {
        lock (_ending)
        {
            if (AbortedAs is not null || _isDisposed)
            {
                return;
            }

            AbortedAs = end;
        }

        Cancel(_aborted);
        Cancel(_draining);
        channel.Dispose();
    }

    public void Dispose()
    {
        lock (_ending)
        {
            _isDisposed = true;
        }

        channel.Dispose();
        _aborted.Dispose();
        _draining.Dispose();
    }

    protected override string FindRemoteEndpoint() => channel.RemoteEndpoint;

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The session has just come to its own end.
        }
    }
}
