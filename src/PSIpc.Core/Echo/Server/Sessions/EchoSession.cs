namespace PSIpc.Echo.Server.Sessions;

/// <summary>
/// One connection as the rules see it: what it has received, what it owes, and what to do next. It does no I/O; an engine asks
/// <see cref="Next"/>, does that, and reports. The mode, limits, faults, counters and receivers are all here, the same for every engine.
/// </summary>
internal abstract class EchoSession(EchoServerContext service, long id)
{
    private readonly FaultPlan? _faults = service.Options.Fault is { } fault ? new FaultPlan(fault) : null;
    private ByteQueue _owed;
    private string? _remoteEndpoint;
    private bool _inputEnded;
    private bool _discarding;
    private bool _ended;

    internal long Id => id;

    /// <summary>Where it stands in the <see cref="IdleList"/>, which is the only writer of these.</summary>
    internal EchoSession? IdlePrevious { get; set; }

    internal EchoSession? IdleNext { get; set; }

    internal long ActiveAt { get; set; }

    /// <summary>When a session that was told to wait may go on, in <see cref="Environment.TickCount64"/>.</summary>
    internal long DueAt => _faults?.DueAt ?? 0;

    /// <summary>Whether what is read now can be sent straight back, without <see cref="Keep"/>.</summary>
    internal bool EchoesDirectly => service.EchoesDirectly && _owed.Count == 0 && !_discarding;

    /// <summary>Whether the server is stopping and this connection has nothing under way: tell the peer that no more will come.</summary>
    internal bool ShouldHalfClose => IsDraining && !_discarding && !_inputEnded && _owed.Count == 0;

    /// <summary>Whether its message is over a bound, so that it is to be reset.</summary>
    internal bool IsTooLarge { get; private set; }

    /// <summary>Whether the server is stopping.</summary>
    internal bool IsDraining { get; private set; }

    internal bool HasEnded => _ended;

    /// <summary>What to do now.</summary>
    /// <param name="now">The time, in <see cref="Environment.TickCount64"/>.</param>
    /// <param name="piece">What to send, for <see cref="SessionAction.Send"/>.</param>
    internal SessionAction Next(long now, out ReadOnlyMemory<byte> piece)
    {
        piece = default;
        if (IsTooLarge)
        {
            return SessionAction.Reset;
        }

        bool answers = _inputEnded || service.Options.Mode == EchoMode.Stream;
        if (_faults is not null && !_discarding)
        {
            ReadOnlyMemory<byte> ready = answers ? _owed.Front : default;
            SessionAction step = _faults.Next(ready.Length, now, out int count);
            piece = ready[..count];
            if (step != SessionAction.Read)
            {
                return step;
            }
        }
        else if (answers && _owed.Count != 0)
        {
            piece = _owed.Front;
            return SessionAction.Send;
        }

        return _inputEnded ? SessionAction.Finish : SessionAction.Read;
    }

    /// <summary>These bytes were read. They are either sent straight back or kept.</summary>
    internal void Received(ReadOnlySpan<byte> bytes)
    {
        Interlocked.Add(ref service.Counters.BytesReceived, bytes.Length);
        if (service.Receivers.Any && service.Options.Mode == EchoMode.Stream)
        {
            Publish(bytes.ToArray(), isComplete: false);
        }
    }

    /// <summary>These bytes were read and are owed.</summary>
    internal void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_discarding)
        {
            return;
        }

        if (service.Options.Mode == EchoMode.Message && !service.MayHold(_owed.Count + bytes.Length))
        {
            IsTooLarge = true;
            return;
        }

        _owed.Append(service.Pool, bytes);
        if (_faults?.CorruptOffset(_owed.Count, bytes.Length) is long offset)
        {
            _owed.Invert(offset);
        }
    }

    /// <summary>The peer has shut down its sending side.</summary>
    internal void EndInput()
    {
        _inputEnded = true;
        if (service.Options.Mode == EchoMode.Message && !_discarding)
        {
            Interlocked.Increment(ref service.Counters.Messages);
            if (service.Receivers.Any)
            {
                Publish(_owed.ToArray(), isComplete: true);
            }
        }
    }

    /// <summary>So many bytes of the piece went.</summary>
    internal void Sent(int count)
    {
        Interlocked.Add(ref service.Counters.BytesSent, count);
        _owed.Remove(service.Pool, count);
        _faults?.Sent(count);
    }

    /// <summary>So many bytes went straight back.</summary>
    internal void SentDirectly(int count) => Interlocked.Add(ref service.Counters.BytesSent, count);

    /// <summary>The server is stopping: what is under way is finished, and nothing new begun.</summary>
    internal void BeginDrain() => IsDraining = true;

    /// <summary>The sending side has been shut down; what still arrives has no way back.</summary>
    internal void HalfClosed() => _discarding = true;

    /// <summary>The connection is closed.</summary>
    internal void End(CloseReason end)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        if (_owed.Count != 0 && !_inputEnded && service.Options.Mode == EchoMode.Message && service.Receivers.Any)
        {
            Publish(_owed.ToArray(), isComplete: false);
        }

        _owed.Clear(service.Pool);
        service.Leave(end);
    }

    /// <summary>Who is on the other side; asked for only when there is a subscription.</summary>
    protected abstract string FindRemoteEndpoint();

    private void Publish(byte[] bytes, bool isComplete) =>
        service.Receivers.Publish(new EchoMessage(id, _remoteEndpoint ??= FindRemoteEndpoint(), bytes, isComplete));
}

/// <summary>What an engine is to do next for a session.</summary>
internal enum SessionAction
{
    /// <summary>Read, and report what came.</summary>
    Read,

    /// <summary>Send the piece given, and report how much of it went.</summary>
    Send,

    /// <summary>Nothing before <see cref="EchoSession.DueAt"/>.</summary>
    Wait,

    /// <summary>Nothing at all: the connection stays as it is until the peer or the idle timeout ends it.</summary>
    Stall,

    /// <summary>Everything has gone back and the peer sends no more: half-close, and close.</summary>
    Finish,

    /// <summary>Reset the connection.</summary>
    Reset,
}

/// <summary>How a session came to its end.</summary>
internal enum CloseReason
{
    /// <summary>As it should, or on purpose.</summary>
    Finished,

    /// <summary>The peer reset it, or the system failed it.</summary>
    Failed,

    /// <summary>Nothing moved for too long.</summary>
    Idle,

    /// <summary>Its message was over the bound.</summary>
    TooLarge,

    /// <summary>The server stopped.</summary>
    Aborted,
}
