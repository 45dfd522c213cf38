using PSIpc.Echo.Server.Sessions;
using PSIpc.Interop;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>
/// The listening socket of an <see cref="EpollEngine"/>: it accepts, resets connections over the limit, and pauses while the process or
/// the system is out of descriptors or memory.
/// </summary>
internal sealed class EpollListener : IDisposable
{
    private const int PauseMilliseconds = 100;

    private readonly EchoServerContext _service;
    private readonly EpollInstance _epoll;
    private readonly ListeningSocket _listener;
    private readonly int _descriptor;
    private readonly Action<long, int> _accepted;
    private long _resumeAt = long.MaxValue;

    /// <summary>Begins to listen for connections.</summary>
    /// <param name="service">The server's limits and counters.</param>
    /// <param name="epoll">Where it is registered, with <see cref="EpollInstance.ListenerTag"/>.</param>
    /// <param name="listener">The socket; this object disposes it.</param>
    /// <param name="accepted">Takes each admitted connection: its ID and its descriptor.</param>
    internal EpollListener(EchoServerContext service, EpollInstance epoll, ListeningSocket listener, Action<long, int> accepted)
    {
        _service = service;
        _epoll = epoll;
        _listener = listener;
        _accepted = accepted;
        listener.Socket.Blocking = false;
        _descriptor = (int)listener.Socket.SafeHandle.DangerousGetHandle();
        epoll.Add(_descriptor, SysEpollH.EPOLLIN, EpollInstance.ListenerTag).ThrowIfFailed("epoll_ctl");
    }

    internal bool IsListening { get; private set; } = true;

    internal bool IsPaused => ResumeAt != long.MaxValue;

    /// <summary>Gets when a pause ends, in <see cref="Environment.TickCount64"/>.</summary>
    internal long ResumeAt => Volatile.Read(ref _resumeAt);

    /// <summary>Accepts the connections that wait, so many at most.</summary>
    internal void Accept(int most, long now)
    {
        for (int accepted = 0; IsListening && accepted < most; accepted++)
        {
            NativeResult descriptor = Libc.Accept(_descriptor, SysSocketH.SOCK_NONBLOCK | SysSocketH.SOCK_CLOEXEC);
            if (descriptor.IsSuccess)
            {
                Admit(descriptor.IntValue);
                continue;
            }

            switch (descriptor.Error.Code)
            {
                case Errno.EAGAIN:
                    return;
                case Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM:
                    Pause(now);
                    return;
                case Errno.EBADF or Errno.EINVAL or Errno.ENOTSOCK or Errno.EFAULT:
                    descriptor.ThrowIfFailed("accept4");
                    return;
                default:
                    // accept(2): errors of the network and of a connection that is gone already concern only that connection.
                    break;
            }
        }
    }

    /// <summary>Ends a pause early: a descriptor is free again.</summary>
    internal void ResumeSoon(long now)
    {
        if (IsPaused)
        {
            Volatile.Write(ref _resumeAt, now);
        }
    }

    /// <summary>Ends a pause whose time has come.</summary>
    internal void ResumeIfDue(long now)
    {
        if (now >= ResumeAt)
        {
            Watch(SysEpollH.EPOLLIN);
            Volatile.Write(ref _resumeAt, long.MaxValue);
        }
    }

    public void Dispose()
    {
        IsListening = false;
        Volatile.Write(ref _resumeAt, long.MaxValue);
        _listener.Dispose();
    }

    private void Admit(int descriptor)
    {
        if (_service.TryAdmit(out long id))
        {
            _accepted(id, descriptor);
        }
        else
        {
            EpollServerConnection.SetToReset(descriptor);
            _ = Libc.Close(descriptor);
        }
    }

    // Connections that wait in the backlog are served when others have gone, or after a while.
    private void Pause(long now)
    {
        Interlocked.Increment(ref _service.Counters.AcceptPauses);
        Watch(0);
        Volatile.Write(ref _resumeAt, now + PauseMilliseconds);
    }

    private void Watch(uint events)
    {
        if (IsListening)
        {
            _epoll.Change(_descriptor, events, EpollInstance.ListenerTag);
        }
    }
}
