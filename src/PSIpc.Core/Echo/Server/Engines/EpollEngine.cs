using PSIpc.Echo.Server.Sessions;
using PSIpc.Interop;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>
/// TCP and Unix sockets on Linux: one thread that waits for readiness (epoll(7)) and does only what does not block. An exchange is
/// one epoll_wait, one recv and one send. All connections read into one buffer; what a socket does not take at once is kept for it, and
/// nothing more is read from it until that has gone. Notification is edge-triggered, so a connection is registered once and
/// the kernel does not have to look at it again after each event.
/// </summary>
internal sealed class EpollEngine : IEchoEngine
{
    private const int EventsAtOnce = 256;
    private const int AcceptsAtOnce = 64;

    // A connection with more to do than this goes to the end of the queue, so that one busy peer does not hold up the others.
    internal const int StepsAtOnce = 8;

    private const int AcceptPauseMilliseconds = 100;
    private const uint Interest = SysEpollH.EPOLLIN | SysEpollH.EPOLLRDHUP | SysEpollH.EPOLLPRI | SysEpollH.EPOLLET;

    // After these the data must be read to its end, which no further event would announce. Urgent data (EPOLLPRI) makes reads short.
    private const uint EndEvents = SysEpollH.EPOLLRDHUP | SysEpollH.EPOLLHUP | SysEpollH.EPOLLERR | SysEpollH.EPOLLPRI;

    // No descriptor has these numbers, so no connection has these tags.
    private const ulong ListenerTag = ulong.MaxValue;
    private const ulong WakeTag = ulong.MaxValue - 1;
    private const ulong TimerTag = ulong.MaxValue - 2;

    private readonly EchoServerContext _service;
    private readonly ListeningSocket _listener;
    private readonly int _listenerDescriptor;
    private readonly SafeFileDescriptor _epoll;
    private readonly SafeFileDescriptor _wake;
    private readonly SafeFileDescriptor _timer;
    private readonly EpollEvents _events = new(EventsAtOnce);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(EchoServerContext.ReadBytes, pinned: true);
    private readonly IdleList _idle;
    private readonly Queue<EpollServerConnection> _unfinished = new();
    private readonly Queue<EpollServerConnection> _delayed = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // By descriptor: the kernel gives out the lowest free number, so the array stays as small as the connections are many.
    private EpollServerConnection?[] _connections = new EpollServerConnection?[64];
    private int _count;
    private long _now;
    private long _timerAt = long.MaxValue;
    private long _resumeAcceptAt = long.MaxValue;
    private long _stopAt = long.MaxValue;
    private long _allocatedBytes;
    private long _wakeUps;
    private bool _isListening = true;

    /// <summary>Makes the engine; nothing is served before <see cref="Start"/>.</summary>
    internal EpollEngine(EchoServerContext service, ListeningSocket listener)
    {
        _service = service;
        _listener = listener;
        _idle = new IdleList(service.Options.IdleTimeout);
        listener.Socket.Blocking = false;
        _listenerDescriptor = (int)listener.Socket.SafeHandle.DangerousGetHandle();
        ThrowIfFailed(Libc.EpollCreate(out _epoll), "epoll_create1");
        ThrowIfFailed(Libc.EventFd(out _wake), "eventfd");
        ThrowIfFailed(Libc.TimerFd(out _timer), "timerfd_create");
        ThrowIfFailed(Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_ADD, _timer.Number, SysEpollH.EPOLLIN | SysEpollH.EPOLLET, TimerTag), "epoll_ctl");
        ThrowIfFailed(Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_ADD, _wake.Number, SysEpollH.EPOLLIN, WakeTag), "epoll_ctl");
        ThrowIfFailed(Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_ADD, _listenerDescriptor, SysEpollH.EPOLLIN, ListenerTag), "epoll_ctl");
    }

    public string Name => "epoll";

    public Task Completion => _completion.Task;

    public bool IsAcceptPaused => Volatile.Read(ref _resumeAcceptAt) != long.MaxValue;

    /// <summary>What the loop had allocated when it was last woken: for the test that an exchange allocates nothing.</summary>
    internal long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>How often it was woken.</summary>
    internal long WakeUps => Volatile.Read(ref _wakeUps);

    /// <summary>Starts the thread that serves until <see cref="Stop"/>.</summary>
    internal EpollEngine Start()
    {
        new Thread(RunToCompletion) { IsBackground = true, Name = $"echo {_listener.Endpoint}" }.Start();
        return this;
    }

    public void Stop(long deadline)
    {
        long current = Volatile.Read(ref _stopAt);
        while (deadline < current)
        {
            long seen = Interlocked.CompareExchange(ref _stopAt, deadline, current);
            if (seen == current)
            {
                break;
            }

            current = seen;
        }

        Wake();
    }

    /// <summary>Makes the loop go round once.</summary>
    internal void Wake()
    {
        if (!Completion.IsCompleted)
        {
            try
            {
                _ = Libc.EventFdSignal(_wake);
            }
            catch (ObjectDisposedException)
            {
                // The loop has just ended, which is what the wake-up was for.
            }
        }
    }

    private void RunToCompletion()
    {
        Exception? failure = null;
        try
        {
            while (RunRound())
            {
                // Each round serves every connection that has something to do.
            }
        }
        catch (Exception exception)
        {
            // The loop itself failed: the server reports it, and the process lives on.
            failure = exception;
        }

        foreach (EpollServerConnection? connection in _connections)
        {
            if (connection is not null)
            {
                Close(connection, CloseReason.Aborted);
            }
        }

        StopListening();
        _wake.Dispose();
        _timer.Dispose();
        _epoll.Dispose();
        if (failure is null)
        {
            _completion.SetResult();
        }
        else
        {
            _completion.SetException(failure);
        }
    }

    /// <summary>Waits for events, and serves each connection that has one or that is unfinished; false when the engine has stopped.</summary>
    internal bool RunRound()
    {
        NativeResult ready = Libc.EpollWait(_epoll, _events, _unfinished.Count != 0 ? 0 : -1);
        _now = Environment.TickCount64;
        if (!ready.IsSuccess && ready.Error.Code != Errno.EINTR)
        {
            ThrowIfFailed(ready, "epoll_wait");
        }

        for (int index = 0; index < ready.Value; index++)
        {
            (uint events, ulong tag) = _events[index];
            Dispatch(events, tag);
        }

        ServeUnfinished();
        if (_now >= NextTimer)
        {
            RunTimers();
        }

        if (Volatile.Read(ref _stopAt) != long.MaxValue && !Drain())
        {
            return false;
        }

        SetTimer();
        return true;
    }

    private long NextTimer => Math.Min(
        Math.Min(_idle.DueAt, _resumeAcceptAt),
        _delayed.TryPeek(out EpollServerConnection? first) ? first.DueAt : long.MaxValue);

    // A time-out of epoll_wait would have the kernel set up and take down a timer in each round, which costs a twentieth of an exchange.
    // This timer is set only when something is due sooner than before; if it has moved on by then, the loop goes round once for nothing.
    private void SetTimer()
    {
        long due = Math.Min(NextTimer, Volatile.Read(ref _stopAt));
        if (due < _timerAt)
        {
            _timerAt = due;
            ThrowIfFailed(Libc.TimerFdSet(_timer, Math.Max(1, due - Environment.TickCount64)), "timerfd_settime");
        }
    }

    private void Dispatch(uint events, ulong tag)
    {
        switch (tag)
        {
            case ListenerTag when !_isListening:
                break;
            case ListenerTag:
                Accept(AcceptsAtOnce);
                break;
            case WakeTag:
                _ = Libc.EventFdClear(_wake);
                Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
                Volatile.Write(ref _wakeUps, _wakeUps + 1);
                break;
            case TimerTag:
                _timerAt = long.MaxValue;
                break;
            default:
                EpollServerConnection? connection = _connections[(uint)tag];
                // An event can be of a connection that an earlier event of the same batch closed.
                if (connection is not null && connection.Tag == tag)
                {
                    OnEvents(connection, events);
                }

                break;
        }
    }

    private void OnEvents(EpollServerConnection connection, uint events)
    {
        if ((events & EndEvents) != 0)
        {
            connection.ReadsToEnd = true;
        }

        if ((events & (SysEpollH.EPOLLOUT | SysEpollH.EPOLLERR | SysEpollH.EPOLLHUP)) != 0)
        {
            connection.IsFull = false;
        }

        // While the socket is full nothing more is read from it: that is the back-pressure.
        if (!connection.IsFull)
        {
            Serve(connection, (events & (SysEpollH.EPOLLERR | SysEpollH.EPOLLHUP)) != 0);
        }
    }

    private void ServeUnfinished()
    {
        for (int turns = _unfinished.Count; turns > 0; turns--)
        {
            EpollServerConnection connection = _unfinished.Dequeue();
            connection.IsQueued = false;
            if (!connection.HasEnded)
            {
                Serve(connection, isBroken: false);
            }
        }
    }

    /// <summary>Does what the session asks for, until it has to wait for the socket, a timer or its next turn.</summary>
    private void Serve(EpollServerConnection connection, bool isBroken)
    {
        try
        {
            _idle.Touch(connection, _now);
            bool isEmpty = false;
            for (int step = 0; step < StepsAtOnce; step++)
            {
                switch (connection.Next(_now, out ReadOnlyMemory<byte> piece))
                {
                    case SessionAction.Read:
                        if (isEmpty || !TryRead(connection, out isEmpty))
                        {
                            OnEmpty(connection);
                            return;
                        }

                        break;
                    case SessionAction.Send:
                        if (!TrySend(connection, piece.Span))
                        {
                            return;
                        }

                        break;
                    case SessionAction.Wait or SessionAction.Stall when isBroken:
                        Close(connection, CloseReason.Failed);
                        return;
                    case SessionAction.Wait:
                        Queue(connection, _delayed);
                        return;
                    case SessionAction.Stall:
                        return;
                    case SessionAction.Finish:
                        // All that was sent to us has been read, so this is a half-close, and no reset can overtake the reply.
                        Close(connection, CloseReason.Finished);
                        return;
                    case SessionAction.Reset:
                        Reset(connection);
                        return;
                }

                if (connection.HasEnded)
                {
                    return;
                }
            }

            Queue(connection, _unfinished);
        }
        catch (Exception)
        {
            // Whatever one connection brings about ends that connection alone.
            Close(connection, CloseReason.Failed);
        }
    }

    /// <summary>Reads once, and echoes at once what may go at once. False when there was nothing.</summary>
    private bool TryRead(EpollServerConnection connection, out bool isEmpty)
    {
        Span<byte> buffer = _buffer.AsSpan(0, _service.ReadLimit);
        NativeResult received = Libc.Receive(connection.Descriptor, buffer, 0);
        int count = received.IntValue;
        // Fewer bytes than asked for means that the socket is empty (epoll(7)), unless its end comes next.
        isEmpty = count > 0 && count < buffer.Length && !connection.ReadsToEnd;
        if (count > 0)
        {
            Span<byte> bytes = buffer[..count];
            connection.Received(bytes);
            if (connection.EchoesDirectly)
            {
                SendDirectly(connection, bytes);
            }
            else
            {
                connection.Keep(bytes);
            }

            return true;
        }

        switch (received.Error.Code)
        {
            case Errno.None:
                connection.EndInput();
                return true;
            case Errno.EAGAIN:
                return false;
            case Errno.EINTR:
                return true;
            default:
                Close(connection, CloseReason.Failed);
                return true;
        }
    }

    private void SendDirectly(EpollServerConnection connection, ReadOnlySpan<byte> bytes)
    {
        NativeResult sent = Libc.Send(connection.Descriptor, bytes, SysSocketH.MSG_NOSIGNAL);
        int count = sent.IntValue;
        if (count == bytes.Length)
        {
            connection.SentDirectly(count);
        }
        else if (sent.IsSuccess || sent.Error.Code is Errno.EAGAIN or Errno.EINTR)
        {
            count = Math.Max(count, 0);
            connection.SentDirectly(count);
            connection.Keep(bytes[count..]);
        }
        else
        {
            Close(connection, CloseReason.Failed);
        }
    }

    /// <summary>False when the socket is full, or the connection closed.</summary>
    private bool TrySend(EpollServerConnection connection, ReadOnlySpan<byte> piece)
    {
        NativeResult sent = Libc.Send(connection.Descriptor, piece, SysSocketH.MSG_NOSIGNAL);
        if (sent.IsSuccess)
        {
            connection.Sent(sent.IntValue);
            return true;
        }

        switch (sent.Error.Code)
        {
            case Errno.EINTR:
                return true;
            case Errno.EAGAIN:
                OnFull(connection);
                return false;
            default:
                Close(connection, CloseReason.Failed);
                return false;
        }
    }

    private void OnFull(EpollServerConnection connection)
    {
        connection.IsFull = true;
        if (!connection.ReportsRoom)
        {
            // Registering also reports at once the room that came since the send.
            connection.ReportsRoom = true;
            ThrowIfFailed(
                Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_MOD, connection.Descriptor, Interest | SysEpollH.EPOLLOUT, connection.Tag),
                "epoll_ctl");
        }
    }

    private static void OnEmpty(EpollServerConnection connection)
    {
        if (connection.ShouldHalfClose)
        {
            _ = Libc.Shutdown(connection.Descriptor, SysSocketH.SHUT_WR);
            connection.HalfClosed();
        }
    }

    private static void Queue(EpollServerConnection connection, Queue<EpollServerConnection> queue)
    {
        if (!connection.IsQueued)
        {
            connection.IsQueued = true;
            queue.Enqueue(connection);
        }
    }

    private void Accept(int most)
    {
        for (int accepted = 0; accepted < most; accepted++)
        {
            NativeResult descriptor = Libc.Accept(_listenerDescriptor, SysSocketH.SOCK_NONBLOCK | SysSocketH.SOCK_CLOEXEC);
            if (descriptor.IsSuccess)
            {
                Add(descriptor.IntValue);
                continue;
            }

            switch (descriptor.Error.Code)
            {
                case Errno.EAGAIN:
                    return;
                case Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM:
                    PauseAccept();
                    return;
                case Errno.EBADF or Errno.EINVAL or Errno.ENOTSOCK or Errno.EFAULT:
                    ThrowIfFailed(descriptor, "accept4");
                    return;
                default:
                    // accept(2): errors of the network and of a connection that is gone already concern that connection alone.
                    break;
            }
        }
    }

    private void Add(int descriptor)
    {
        if (!_service.TryAdmit(out long id))
        {
            CloseWithReset(descriptor);
            return;
        }

        if (descriptor >= _connections.Length)
        {
            Array.Resize(ref _connections, Math.Max(descriptor + 1, _connections.Length * 2));
        }

        var connection = new EpollServerConnection(_service, id, descriptor);
        _connections[descriptor] = connection;
        _count++;
        _idle.Add(connection, _now);
        if (Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_ADD, descriptor, Interest, connection.Tag) is { IsSuccess: false })
        {
            Close(connection, CloseReason.Failed);
        }
    }

    // Out of descriptors or memory: who waits in the backlog is served when others have gone, or after a while.
    private void PauseAccept()
    {
        Interlocked.Increment(ref _service.Counters.AcceptPauses);
        ListenFor(0);
        Volatile.Write(ref _resumeAcceptAt, _now + AcceptPauseMilliseconds);
    }

    private void ResumeAccept()
    {
        ListenFor(SysEpollH.EPOLLIN);
        Volatile.Write(ref _resumeAcceptAt, long.MaxValue);
    }

    private void ListenFor(uint events)
    {
        if (_isListening)
        {
            ThrowIfFailed(Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_MOD, _listenerDescriptor, events, ListenerTag), "epoll_ctl");
        }
    }

    private void RunTimers()
    {
        while (_delayed.TryPeek(out EpollServerConnection? delayed) && (delayed.HasEnded || delayed.DueAt <= _now))
        {
            _delayed.Dequeue();
            delayed.IsQueued = false;
            if (!delayed.HasEnded && !delayed.IsFull)
            {
                Serve(delayed, isBroken: false);
            }
        }

        while (_idle.FindExpired(_now) is EpollServerConnection expired)
        {
            Close(expired, CloseReason.Idle);
        }

        if (_now >= _resumeAcceptAt)
        {
            ResumeAccept();
        }
    }

    /// <summary>One round of stopping; false when everything is done or the time is up.</summary>
    private bool Drain()
    {
        if (_isListening)
        {
            // Who has connected already gets an answer.
            Accept(_service.Options.Backlog);
            StopListening();
            foreach (EpollServerConnection? connection in _connections)
            {
                if (connection is not null)
                {
                    connection.BeginDrain();
                    Serve(connection, isBroken: false);
                }
            }
        }

        return _count != 0 && _now < Volatile.Read(ref _stopAt);
    }

    private void StopListening()
    {
        _isListening = false;
        Volatile.Write(ref _resumeAcceptAt, long.MaxValue);
        _listener.Dispose();
    }

    private void Reset(EpollServerConnection connection)
    {
        SetToReset(connection.Descriptor);
        Close(connection, connection.IsTooLarge ? CloseReason.TooLarge : CloseReason.Finished);
    }

    private void Close(EpollServerConnection connection, CloseReason end)
    {
        if (connection.HasEnded)
        {
            return;
        }

        connection.End(end);
        _idle.Remove(connection);
        _connections[connection.Descriptor] = null;
        _count--;
        _ = Libc.Close(connection.Descriptor);
        if (IsAcceptPaused)
        {
            Volatile.Write(ref _resumeAcceptAt, _now);
        }
    }

    private static void CloseWithReset(int descriptor)
    {
        SetToReset(descriptor);
        _ = Libc.Close(descriptor);
    }

    // socket(7): closing with a linger time of 0 sends a reset. A Unix socket has none, and closes.
    private static void SetToReset(int descriptor) =>
        _ = Libc.SetSocketOption(descriptor, SysSocketH.SOL_SOCKET, SysSocketH.SO_LINGER, [1, 0]);

    private static void ThrowIfFailed(NativeResult result, string function) => result.ThrowIfFailed(function);
}
