namespace PSIpc.Echo.Server.Sessions;

/// <summary>
/// The sessions of an engine, the longest inactive first. A session moves to the end when it is active, but no more often than
/// 64 times in the timeout, so that a busy one costs a comparison; it is therefore cut off at most a sixty-fourth late, and never early.
/// </summary>
internal sealed class IdleList
{
    private readonly long _timeout;
    private readonly long _grain;
    private EchoSession? _first;
    private EchoSession? _last;

    internal IdleList(TimeSpan timeout)
    {
        _timeout = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue / 2 : (long)Math.Ceiling(timeout.TotalMilliseconds);
        _grain = _timeout / 64;
    }

    /// <summary>When <see cref="FindExpired"/> may next find one, in <see cref="Environment.TickCount64"/>.</summary>
    internal long DueAt => _first is null ? long.MaxValue : _first.ActiveAt + _timeout + _grain;

    internal void Add(EchoSession session, long now)
    {
        session.ActiveAt = now;
        session.IdlePrevious = _last;
        session.IdleNext = null;
        if (_last is null)
        {
            _first = session;
        }
        else
        {
            _last.IdleNext = session;
        }

        _last = session;
    }

    internal void Remove(EchoSession session)
    {
        if (session.IdlePrevious is null)
        {
            _first = session.IdleNext;
        }
        else
        {
            session.IdlePrevious.IdleNext = session.IdleNext;
        }

        if (session.IdleNext is null)
        {
            _last = session.IdlePrevious;
        }
        else
        {
            session.IdleNext.IdlePrevious = session.IdlePrevious;
        }

        session.IdlePrevious = null;
        session.IdleNext = null;
    }

    /// <summary>The session moved a byte.</summary>
    internal void Touch(EchoSession session, long now)
    {
        if (now - session.ActiveAt > _grain)
        {
            Remove(session);
            Add(session, now);
        }
    }

    /// <summary>A session that has been inactive for too long, which the caller is to close; null if there is none.</summary>
    internal EchoSession? FindExpired(long now) => DueAt <= now ? _first : null;
}
