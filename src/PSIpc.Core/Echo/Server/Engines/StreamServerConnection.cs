using PSIpc.Echo.Server.Sessions;

namespace PSIpc.Echo.Server.Engines;

/// <summary>A connection of the <see cref="StreamEngine"/>.</summary>
internal sealed class StreamServerConnection(EchoServerContext service, long id, ServerChannel channel) : EchoSession(service, id), IDisposable
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
