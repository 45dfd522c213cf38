using PSIpc.Echo.Server.Sessions;
using PSIpc.Sockets;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>Which sessions have been inactive for too long, in time that the tests make.</summary>
public sealed class IdleListTests
{
    private const long Start = 1_000_000;

    private readonly EchoServerContext _service = new(new() { Endpoint = SocketEndpoint.Tcp("127.0.0.1", 7) });
    private readonly IdleList _idle = new(TimeSpan.FromSeconds(64));

    [Fact]
    public void Idle_session_expires_never_early_and_at_most_a_64th_late()
    {
        EchoSession session = Add(Start);

        Assert.Null(_idle.FindExpired(Start + 64_000));
        Assert.Null(_idle.FindExpired(_idle.DueAt - 1));
        Assert.Equal(Start + 65_000, _idle.DueAt);
        Assert.Same(session, _idle.FindExpired(_idle.DueAt));
    }

    [Fact]
    public void Busy_sessions_never_expire_and_the_idle_beside_them_do_in_turn()
    {
        EchoSession busy = Add(Start);
        EchoSession[] idle = [.. Enumerable.Range(1, 20).Select(second => Add(Start + (second * 1000)))];
        var expired = new List<(EchoSession Session, long At)>();
        for (long now = Start; now < Start + 200_000; now += 10)
        {
            _idle.Touch(busy, now);
            while (_idle.FindExpired(now) is { } session)
            {
                expired.Add((session, now));
                _idle.Remove(session);
            }
        }

        Assert.Equal(idle, expired.Select(one => one.Session));
        Assert.All(expired, one => Assert.InRange(one.At - one.Session.ActiveAt, 64_000, 65_010));
    }

    [Fact]
    public void Touch_within_the_grain_moves_nothing()
    {
        EchoSession first = Add(Start);
        Add(Start + 1);

        _idle.Touch(first, Start + 1000);
        Assert.Equal(Start, first.ActiveAt);
        _idle.Touch(first, Start + 1001);
        Assert.Equal(Start + 1001, first.ActiveAt);
        Assert.Equal(Start + 1 + 65_000, _idle.DueAt);
    }

    [Fact]
    public void Removed_sessions_are_not_found_wherever_they_stood()
    {
        EchoSession[] sessions = [.. Enumerable.Range(0, 5).Select(_ => Add(Start))];
        foreach (int index in (int[])[2, 0, 4, 1, 3])
        {
            _idle.Remove(sessions[index]);
            Assert.Equal((null, null), (sessions[index].IdlePrevious, sessions[index].IdleNext));
        }

        Assert.Null(_idle.FindExpired(long.MaxValue - 1));
        Assert.Equal(long.MaxValue, _idle.DueAt);
    }

    [Fact]
    public void Infinite_timeout_never_expires()
    {
        var idle = new IdleList(Timeout.InfiniteTimeSpan);
        idle.Add(new TestSession(_service), Start);

        Assert.Null(idle.FindExpired(Start + (long)TimeSpan.FromDays(10_000).TotalMilliseconds));
    }

    private TestSession Add(long now)
    {
        var session = new TestSession(_service);
        _idle.Add(session, now);
        return session;
    }
}
