using System.Diagnostics;
using System.Net;
using PSIpc.Echo.Client;
using PSIpc.Interop;
using PSIpc.Sockets;

namespace PSIpc.Echo.Load;

/// <summary>
/// The load over plain TCP and Unix sockets on Linux: one readiness loop (epoll(7), edge-triggered) on the calling thread for all
/// connections. An exchange is one epoll_wait, one recv and one send, and allocates nothing.
/// </summary>
internal sealed class EpollLoad : IDisposable
{
    private const int EventsAtOnce = 256;
    private const int BufferBytes = 64 * 1024;

    // More at once would overflow a server's backlog, and the kernel tries a lost SYN again only after a second.
    private const int ConnectsAtOnce = 64;

    // How late a timeout, a retry or a cancellation may be noticed.
    private const int TickMilliseconds = 50;

    private const uint Interest = SysEpollH.EPOLLIN | SysEpollH.EPOLLOUT | SysEpollH.EPOLLRDHUP | SysEpollH.EPOLLET;
    private const uint EndEvents = SysEpollH.EPOLLRDHUP | SysEpollH.EPOLLHUP | SysEpollH.EPOLLERR;

    private readonly LoadRun _run;
    private readonly int _messageBytes;
    private readonly SafeFileDescriptor _epoll;
    private readonly EpollEvents _events = new(EventsAtOnce);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly LoadConnection[] _connections;
    private readonly long _tick = Stopwatch.Frequency * TickMilliseconds / 1000;
    private readonly long _connectTimeout;
    private readonly long _exchangeTimeout;
    private SocketAddress _address = null!;
    private long _openUntil;
    private int _opened;
    private int _connecting;
    private bool _isStarted;

    internal EpollLoad(LoadRun run)
    {
        _run = run;
        _messageBytes = run.Options.MessageBytes;
        _connectTimeout = ToTicks(run.Options.ConnectTimeout);
        _exchangeTimeout = ToTicks(run.Options.ExchangeTimeout);
        _connections = new LoadConnection[run.Options.Connections];
        for (int index = 0; index < _connections.Length; index++)
        {
            _connections[index] = new LoadConnection(index);
        }

        Libc.EpollCreate(out _epoll).ThrowIfFailed("epoll_create1");
    }

    /// <exception cref="IpcException">The first connection could not be made.</exception>
    internal void Run(EndPoint[] addresses, CancellationToken cancellationToken)
    {
        // The first connection finds the address that answers, and says clearly if none does.
        (ClientSocket socket, EndPoint answering) = EndpointResolver.ConnectFirst(
            _run.Endpoint,
            addresses,
            Deadline.In(_run.Options.ConnectTimeout),
            (address, part) => (PollClientConnection.ConnectSocket(address, part, cancellationToken), address),
            _run.Options.Trace);
        _run.Options.Trace?.Report($"{answering} answers.");
        _address = answering.Serialize();
        LoadConnection first = _connections[_opened++];
        first.Socket = socket;
        Watch(first);

        long nextTick = 0;
        _openUntil = Stopwatch.GetTimestamp() + Math.Min(_connectTimeout, long.MaxValue / 2);
        while (true)
        {
            long now = Stopwatch.GetTimestamp();
            if (!_isStarted)
            {
                OpenMore(now);
                _isStarted = _connecting == 0 && _opened == _connections.Length;
                if (_isStarted)
                {
                    StartAll();
                }
            }

            if (_isStarted ? _run.IsOver(now) : cancellationToken.IsCancellationRequested)
            {
                break;
            }

            if (now >= nextTick)
            {
                nextTick = now + _tick;
                RunTimers(now);
            }

            _run.Report(now);
            nint ready = Libc.EpollWait(_epoll, _events, _run.Wait(now, TickMilliseconds)).Value;
            for (int index = 0; index < ready; index++)
            {
                (uint events, ulong tag) = _events[index];
                LoadConnection connection = _connections[(uint)tag];

                // An event can be of a socket that an earlier event of the same batch closed.
                if (connection.Tag == tag && connection.Socket is { } open)
                {
                    Dispatch(connection, open, events);
                }
            }
        }

        if (!_isStarted)
        {
            _run.Start(Stopwatch.GetTimestamp());
        }

        _run.Stop(Stopwatch.GetTimestamp());
    }

    public void Dispose()
    {
        foreach (LoadConnection connection in _connections)
        {
            connection.Socket?.Dispose();
        }

        _epoll.Dispose();
    }

    private void StartAll()
    {
        _run.Start(Stopwatch.GetTimestamp());
        foreach (LoadConnection connection in _connections)
        {
            if (connection.Socket is { } socket)
            {
                Begin(connection, socket, Stopwatch.GetTimestamp());
            }
        }
    }

    private void OpenMore(long now)
    {
        while (_opened < _connections.Length && _connecting < ConnectsAtOnce)
        {
            if (!TryOpen(_connections[_opened], now) && now < _openUntil)
            {
                // The server has to accept some first.
                return;
            }

            _opened++;
        }
    }

    /// <summary>
    /// Begins to connect. False where a Unix socket's backlog is full: there is nothing to wait on but time (connect(2)).
    /// </summary>
    private bool TryOpen(LoadConnection connection, long now)
    {
        ClientSocket? socket = ClientSocket.Connect(_address, out NativeError error);
        switch (error.Code)
        {
            case Errno.None or Errno.EINPROGRESS:
                connection.Socket = socket;
                connection.Begun = now;
                connection.IsConnecting = error.Code == Errno.EINPROGRESS;
                Watch(connection);
                if (connection.IsConnecting)
                {
                    _connecting++;
                }
                else
                {
                    Connected(connection, socket!, now);
                }

                return true;
            case Errno.EAGAIN:
                connection.RetryAt = now + ToTicks(connection.Pause.Next());
                return false;
            case Errno.EMFILE or Errno.ENFILE:
                int open = _connections.Count(other => other.Socket is not null);
                throw new IpcException(
                    IpcErrorReason.NativeError,
                    $"No file descriptor is left after {open} of {_connections.Length} connections: {error}. "
                    + "Use fewer, or raise the limit (ulimit -n).",
                    error.Raw);
            default:
                Fail(connection, SocketErrors.Reason(error), now);
                return true;
        }
    }

    private void Connected(LoadConnection connection, ClientSocket socket, long now)
    {
        if (_isStarted)
        {
            Begin(connection, socket, now);
        }
    }

    private void Watch(LoadConnection connection)
    {
        connection.Generation++;
        Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_ADD, connection.Socket!.Descriptor, Interest, connection.Tag)
            .ThrowIfFailed("epoll_ctl");
    }

    private void Dispatch(LoadConnection connection, ClientSocket socket, uint events)
    {
        if (connection.IsConnecting)
        {
            if ((events & (SysEpollH.EPOLLOUT | EndEvents)) != 0)
            {
                FinishConnecting(connection, socket);
            }

            return;
        }

        if (connection.IsBusy && connection.Sent < _messageBytes && !Push(connection, socket))
        {
            return;
        }

        if ((events & (SysEpollH.EPOLLIN | EndEvents)) != 0)
        {
            Pull(connection, socket, (events & EndEvents) != 0);
        }
    }

    private void FinishConnecting(LoadConnection connection, ClientSocket socket)
    {
        NativeError error = socket.TakeError();
        if (error.Code == Errno.None)
        {
            connection.IsConnecting = false;
            _connecting--;
            Connected(connection, socket, Stopwatch.GetTimestamp());
        }
        else
        {
            Fail(connection, SocketErrors.Reason(error));
        }
    }

    private void Begin(LoadConnection connection, ClientSocket socket, long now)
    {
        connection.IsBusy = _run.TryBegin();
        if (connection.IsBusy)
        {
            connection.Message = _run.Pattern.Message(connection.Index, connection.Sequence++);
            connection.Sent = 0;
            connection.Received = 0;
            connection.Begun = now;
            Push(connection, socket);
        }
    }

    /// <summary>Sends what the socket takes. False where the connection failed.</summary>
    private bool Push(LoadConnection connection, ClientSocket socket)
    {
        while (connection.Sent < _messageBytes)
        {
            int count = socket.Send(connection.Message.Span[connection.Sent..], out NativeError error);
            if (count >= 0)
            {
                connection.Sent += count;
            }
            else if (error.Code == Errno.EAGAIN)
            {
                break;
            }
            else if (error.Code != Errno.EINTR)
            {
                Fail(connection, SocketErrors.Reason(error));
                return false;
            }
        }

        return true;
    }

    private void Pull(LoadConnection connection, ClientSocket socket, bool toEnd)
    {
        while (true)
        {
            int count = socket.Receive(_buffer, out NativeError error);
            if (count <= 0)
            {
                switch (error.Code)
                {
                    case Errno.EAGAIN:
                        return;
                    case Errno.EINTR:
                        continue;
                    case Errno.None:
                        Fail(connection, IpcErrorReason.EchoConnectionClosed);
                        return;
                    default:
                        Fail(connection, SocketErrors.Reason(error));
                        return;
                }
            }

            if (!Accept(connection, socket, _buffer.AsSpan(0, count)))
            {
                return;
            }

            // Fewer bytes than asked for: the socket is empty (epoll(7)), unless its end comes next.
            if (count < BufferBytes && !toEnd)
            {
                return;
            }
        }
    }

    /// <summary>Compares what came, and goes on when all of it is there. False where it is wrong.</summary>
    private bool Accept(LoadConnection connection, ClientSocket socket, ReadOnlySpan<byte> bytes)
    {
        int received = connection.Received;
        if (!connection.IsBusy
            || bytes.Length > connection.Sent - received
            || !bytes.SequenceEqual(connection.Message.Span.Slice(received, bytes.Length)))
        {
            Fail(connection, IpcErrorReason.EchoReplyMismatch);
            return false;
        }

        connection.Received = received += bytes.Length;
        if (received == _messageBytes)
        {
            // The next message first: the books are kept while the server works.
            long begun = connection.Begun;
            long now = Stopwatch.GetTimestamp();
            connection.IsBusy = false;
            connection.Pause.Reset();
            Begin(connection, socket, now);
            _run.Complete(begun, now);
            return connection.Socket is not null;
        }

        return true;
    }

    private void Fail(LoadConnection connection, IpcErrorReason reason) => Fail(connection, reason, Stopwatch.GetTimestamp());

    private void Fail(LoadConnection connection, IpcErrorReason reason, long now)
    {
        if (connection.IsConnecting)
        {
            connection.IsConnecting = false;
            _connecting--;
        }

        if (connection.IsBusy)
        {
            _run.Fail(reason);
        }
        else
        {
            _run.FailConnect(reason);
        }

        connection.Socket?.Dispose();
        connection.Socket = null;
        connection.IsBusy = false;
        connection.RetryAt = now + ToTicks(connection.Pause.Next());
    }

    private void RunTimers(long now)
    {
        foreach (LoadConnection connection in _connections.AsSpan(0, _opened))
        {
            if (connection.Socket is null)
            {
                if (now >= connection.RetryAt)
                {
                    _ = TryOpen(connection, now);
                }
            }
            else if (connection.IsConnecting && now - connection.Begun > _connectTimeout)
            {
                Fail(connection, IpcErrorReason.EchoConnectTimeout);
            }
            else if (connection.IsBusy && now - connection.Begun > _exchangeTimeout)
            {
                Fail(connection, IpcErrorReason.EchoReplyTimeout);
            }
        }
    }

    private static long ToTicks(TimeSpan time) =>
        time == Timeout.InfiniteTimeSpan ? long.MaxValue : (long)(time.TotalSeconds * Stopwatch.Frequency);
}

/// <summary>One of the connections that <see cref="EpollLoad"/> keeps busy.</summary>
internal sealed class LoadConnection(int index)
{
    /// <summary>
    /// What an event carries: the index, and a count of the sockets so far that tells this one's events from an earlier one's.
    /// </summary>
    internal ulong Tag => ((ulong)Generation << 32) | (uint)index;

    internal int Index => index;

    internal uint Generation { get; set; }

    /// <summary>Null while there is none, until <see cref="RetryAt"/>.</summary>
    internal ClientSocket? Socket { get; set; }

    internal bool IsConnecting { get; set; }

    /// <summary>Whether a message is on its way.</summary>
    internal bool IsBusy { get; set; }

    internal ReadOnlyMemory<byte> Message { get; set; }

    internal uint Sequence { get; set; }

    internal int Sent { get; set; }

    internal int Received { get; set; }

    /// <summary>When the exchange or the attempt to connect began.</summary>
    internal long Begun { get; set; }

    internal long RetryAt { get; set; }

    internal RetryPause Pause { get; } = new();
}
