using PSIpc.Interop;

namespace PSIpc.Echo.Server.Engines;

/// <summary>
/// An epoll instance (epoll(7)) with a wake-up (eventfd(2)) and a timer (timerfd_create(2)). One thread waits in it; any thread can
/// wake that.
/// </summary>
internal sealed class EpollInstance : IDisposable
{
    // No descriptor has these numbers, so no connection has these tags.
    internal const ulong ListenerTag = ulong.MaxValue;
    internal const ulong WakeTag = ulong.MaxValue - 1;
    internal const ulong TimerTag = ulong.MaxValue - 2;

    private const int EventsAtOnce = 256;

    private readonly SafeFileDescriptor _epoll;
    private readonly SafeFileDescriptor _wake;
    private readonly SafeFileDescriptor _timer;
    private readonly EpollEvents _events = new(EventsAtOnce);
    private long _timerAt = long.MaxValue;

    /// <exception cref="IpcException">The process has no descriptor left.</exception>
    internal EpollInstance()
    {
        Libc.EpollCreate(out _epoll).ThrowIfFailed("epoll_create1");
        Libc.EventFd(out _wake).ThrowIfFailed("eventfd");
        Libc.TimerFd(out _timer).ThrowIfFailed("timerfd_create");
        Add(_timer.Number, SysEpollH.EPOLLIN | SysEpollH.EPOLLET, TimerTag).ThrowIfFailed("epoll_ctl");
        Add(_wake.Number, SysEpollH.EPOLLIN, WakeTag).ThrowIfFailed("epoll_ctl");
    }

    /// <summary>Gets an event of the last <see cref="Wait"/>.</summary>
    internal (uint Events, ulong Tag) this[int index] => _events[index];

    /// <summary>Registers a descriptor.</summary>
    /// <param name="descriptor">The descriptor; the kernel removes it when it is closed.</param>
    /// <param name="interest">The events, as EPOLLIN.</param>
    /// <param name="tag">What its events carry.</param>
    internal NativeResult Add(int descriptor, uint interest, ulong tag) =>
        Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_ADD, descriptor, interest, tag);

    /// <summary>Changes the events of a descriptor; those that hold already are reported at once.</summary>
    internal void Change(int descriptor, uint interest, ulong tag) =>
        Libc.EpollControl(_epoll, SysEpollH.EPOLL_CTL_MOD, descriptor, interest, tag).ThrowIfFailed("epoll_ctl");

    /// <summary>Waits for events.</summary>
    /// <param name="milliseconds">-1 for no limit; 0 checks once.</param>
    /// <returns>How many there are; a signal ends the wait with none.</returns>
    internal int Wait(int milliseconds)
    {
        NativeResult ready = Libc.EpollWait(_epoll, _events, milliseconds);
        if (!ready.IsSuccess && ready.Error.Code != Errno.EINTR)
        {
            ready.ThrowIfFailed("epoll_wait");
        }

        return ready.IntValue;
    }

    /// <summary>Ends a wait, or the next one, with an event of <see cref="WakeTag"/>.</summary>
    internal void Wake()
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

    /// <summary>The event of <see cref="WakeTag"/> was seen.</summary>
    internal void ClearWake() => _ = Libc.EventFdClear(_wake);

    /// <summary>
    /// Sets the timer, whose event has <see cref="TimerTag"/>. A timeout of epoll_wait would have the kernel set up and take down a
    /// timer in each round, which costs a twentieth of an exchange. This timer is set only when something is due sooner than before; if
    /// that has moved on by then, the loop goes round once for nothing.
    /// </summary>
    /// <param name="due">In <see cref="Environment.TickCount64"/>.</param>
    internal void SetTimer(long due)
    {
        if (due < _timerAt)
        {
            _timerAt = due;
            Libc.TimerFdSet(_timer, Math.Max(1, due - Environment.TickCount64)).ThrowIfFailed("timerfd_settime");
        }
    }

    /// <summary>The event of <see cref="TimerTag"/> was seen.</summary>
    internal void ClearTimer() => _timerAt = long.MaxValue;

    public void Dispose()
    {
        _wake.Dispose();
        _timer.Dispose();
        _epoll.Dispose();
    }
}
