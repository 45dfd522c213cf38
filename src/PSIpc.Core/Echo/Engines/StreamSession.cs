namespace PSIpc;

/// <summary>A connection of the <see cref="StreamEngine"/>.</summary>
internal sealed class StreamSession(EchoService service, long id, StreamChannel channel) : EchoSession(service, id), IDisposable
{
    private readonly CancellationTokenSource _aborted = new();
    private bool _isReading;

    internal StreamChannel Channel => channel;

    internal CancellationToken Aborted => _aborted.Token;

    /// <summary>Why the engine ended it, where it did.</summary>
    internal EchoEnd? AbortedAs { get; private set; }

    /// <summary>Begins to wait for the peer; true when the peer is to be told first that no more will come.</summary>
    internal bool BeginRead()
    {
        lock (_aborted)
        {
            _isReading = true;
            return TakeHalfClose();
        }
    }

    internal void EndRead()
    {
        lock (_aborted)
        {
            _isReading = false;
        }
    }

    /// <summary>The server stops; true when the peer, who is being waited for, is to be told now.</summary>
    internal bool Drain()
    {
        lock (_aborted)
        {
            BeginDrain();
            return _isReading && TakeHalfClose();
        }
    }

    /// <summary>Ends it from outside: whatever it waits for fails.</summary>
    internal void Abort(EchoEnd end)
    {
        lock (_aborted)
        {
            if (AbortedAs is not null || HasEnded)
            {
                return;
            }

            AbortedAs = end;
        }

        try
        {
            _aborted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just come to its own end.
        }

        channel.Dispose();
    }

    public void Dispose()
    {
        channel.Dispose();
        _aborted.Dispose();
    }

    protected override string FindRemoteEndpoint() => channel.RemoteEndpoint;

    private bool TakeHalfClose()
    {
        bool takes = ShouldHalfClose;
        if (takes)
        {
            HalfClosed();
        }

        return takes;
    }
}
