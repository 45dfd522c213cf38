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
#pragma warning disable CA1001 // The loop disposes what the engine owns, when it ends.
internal sealed class EpollEngine : IEchoEngine
#pragma warning restore CA1001
{
    private const int AcceptsAtOnce = 64;

    // A connection with more to do than this goes to the end of the queue, so that one busy peer does not hold up the others.
    internal const int StepsAtOnce = 8;

    private const uint Interest = SysEpollH.EPOLLIN | SysEpollH.EPOLLRDHUP | SysEpollH.EPOLLPRI | SysEpollH.EPOLLET;

    // After these the data must be read to its end, which no further event would announce. Urgent data (EPOLLPRI) makes reads short.
    private const uint EndEvents = SysEpollH.EPOLLRDHUP | SysEpollH.EPOLLHUP | SysEpollH.EPOLLERR | SysEpollH.EPOLLPRI;

    private readonly EchoServerContext _service;
    private readonly SocketEndpoint _endpoint;
    private readonly EpollInstance _epoll;
    private readonly EpollListener _listener;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(EchoServerContext.ReadBytes, pinned: true);
    private readonly IdleList _idle;
    private readonly Queue<EpollServerConnection> _unfinished = new();
    private readonly Queue<EpollServerConnection> _delayed = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // By descriptor: the kernel takes the lowest free number, so the array stays as small as the connections are many.
    private EpollServerConnection?[] _connections = new EpollServerConnection?[64];
    private int _count;
    private long _now;
    private long _stopAt = long.MaxValue;
    private long _allocatedBytes;
    private long _wakeUps;

    /// <summary>Makes the engine; nothing is served before <see cref="Start"/>.</summary>
    internal EpollEngine(EchoServerContext service, ListeningSocket listener)
    {
        _service = service;
        _endpoint = listener.Endpoint;
        _idle = new IdleList(service.Options.IdleTimeout);
        _epoll = new EpollInstance();
        _listener = new EpollListener(service, _epoll, listener, Add);
    }

    public string Name => "epoll";

    public Task Completion => _completion.Task;

    public bool IsAcceptPaused => _listener.IsPaused;

    /// <summary>What the loop had allocated when it was last woken: for the test that an exchange allocates nothing.</summary>
    internal long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>How often it was woken.</summary>
    internal long WakeUps => Volatile.Read(ref _wakeUps);

    /// <summary>Starts the thread that serves until <see cref="Stop"/>.</summary>
    internal EpollEngine Start()
    {
        new Thread(RunToCompletion) { IsBackground = true, Name = $"echo {_endpoint}" }.Start();
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
            _epoll.Wake();
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

        _listener.Dispose();
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

    /// <summary>
    /// Waits for events, and serves each connection that has one or that is unfinished; false when the engine has stopped.
    /// </summary>
    internal bool RunRound()
    {
        int ready = _epoll.Wait(_unfinished.Count != 0 ? 0 : -1);
        _now = Environment.TickCount64;
        for (int index = 0; index < ready; index++)
        {
            (uint events, ulong tag) = _epoll[index];
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

        _epoll.SetTimer(Math.Min(NextTimer, Volatile.Read(ref _stopAt)));
        return true;
    }

    private long NextTimer => Math.Min(
        Math.Min(_idle.DueAt, _listener.ResumeAt),
        _delayed.TryPeek(out EpollServerConnection? first) ? first.DueAt : long.MaxValue);

    private void Dispatch(uint events, ulong tag)
    {
        switch (tag)
        {
            case EpollInstance.ListenerTag:
                _listener.Accept(AcceptsAtOnce, _now);
                break;
            case EpollInstance.WakeTag:
                _epoll.ClearWake();
                Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
                Volatile.Write(ref _wakeUps, _wakeUps + 1);
                break;
            case EpollInstance.TimerTag:
                _epoll.ClearTimer();
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
            // An error of one connection ends only that connection.
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
            _epoll.Change(connection.Descriptor, Interest | SysEpollH.EPOLLOUT, connection.Tag);
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

    private void Add(long id, int descriptor)
    {
        if (descriptor >= _connections.Length)
        {
            Array.Resize(ref _connections, Math.Max(descriptor + 1, _connections.Length * 2));
        }

        var connection = new EpollServerConnection(_service, id, descriptor);
        _connections[descriptor] = connection;
        _count++;
        _idle.Add(connection, _now);
        if (!_epoll.Add(descriptor, Interest, connection.Tag).IsSuccess)
        {
            Close(connection, CloseReason.Failed);
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

        _listener.ResumeIfDue(_now);
    }

    /// <summary>One round of stopping; false when everything is done or the time is up.</summary>
    private bool Drain()
    {
        if (_listener.IsListening)
        {
            // Peers that have connected already get an answer.
            _listener.Accept(_service.Options.Backlog, _now);
            _listener.Dispose();
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

    private void Reset(EpollServerConnection connection)
    {
        EpollServerConnection.SetToReset(connection.Descriptor);
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
        _listener.ResumeSoon(_now);
    }
}
