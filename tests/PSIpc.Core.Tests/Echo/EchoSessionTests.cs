using PSIpc.Echo.Server;
using PSIpc.Echo.Server.Sessions;
using PSIpc.Sockets;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>The rules of one connection, without a connection: what it owes, and what comes next.</summary>
public sealed class EchoSessionTests
{
    private const long Now = 1_000_000;

    private static readonly byte[] Hello = [.. "hello"u8];

    [Fact]
    public void Stream_goes_back_as_it_comes_and_ends_with_the_input()
    {
        (EchoServerContext service, TestSession session) = Start(EchoMode.Stream);
        Assert.True(session.EchoesDirectly);
        Assert.Equal(SessionAction.Read, session.Next(Now, out _));

        Receive(session, Hello);
        Assert.False(session.EchoesDirectly);
        Assert.Equal((SessionAction.Send, "hello"), (session.Next(Now, out ReadOnlyMemory<byte> piece), Text(piece)));
        session.Sent(2);
        session.EndInput();
        Assert.Equal((SessionAction.Send, "llo"), (session.Next(Now, out piece), Text(piece)));
        session.Sent(3);

        Assert.Equal(SessionAction.Finish, session.Next(Now, out _));
        Assert.Equal((5L, 5L, 0L), (service.Counters.BytesReceived, service.Counters.BytesSent, service.Counters.Messages));
    }

    [Fact]
    public void Message_goes_back_after_its_end()
    {
        (EchoServerContext service, TestSession session) = Start(EchoMode.Message);
        Assert.False(session.EchoesDirectly);
        Receive(session, Hello);
        Assert.Equal(SessionAction.Read, session.Next(Now, out _));
        Receive(session, Hello);
        session.EndInput();

        Assert.Equal((SessionAction.Send, "hellohello"), (session.Next(Now, out ReadOnlyMemory<byte> piece), Text(piece)));
        session.Sent(10);
        Assert.Equal(SessionAction.Finish, session.Next(Now, out _));
        Assert.Equal(1, service.Counters.Messages);
    }

    [Fact]
    public void Message_over_the_limit_is_reset_and_one_at_the_limit_is_not()
    {
        (EchoServerContext service, TestSession session) = Start(EchoMode.Message, options => options with { MaxMessageBytes = 10 });
        Receive(session, Hello);
        Receive(session, Hello);
        Assert.Equal((false, SessionAction.Read), (session.IsTooLarge, session.Next(Now, out _)));
        Receive(session, [1]);

        Assert.Equal((true, SessionAction.Reset), (session.IsTooLarge, session.Next(Now, out _)));
        session.End(CloseReason.TooLarge);
        session.End(CloseReason.TooLarge);
        Assert.Equal((1, 0), (service.Counters.RefusedConnections, service.Counters.ActiveConnections));
        Assert.Equal(0, service.Pool.HeldBytes);
    }

    [Fact]
    public void Drained_session_half_closes_when_nothing_is_under_way_and_discards_the_rest()
    {
        (EchoServerContext _, TestSession session) = Start(EchoMode.Stream);
        Assert.False(session.ShouldHalfClose);
        Receive(session, Hello);
        session.BeginDrain();
        Assert.False(session.ShouldHalfClose);
        session.Sent(5);

        Assert.True(session.ShouldHalfClose);
        session.HalfClosed();
        Receive(session, Hello);
        Assert.Equal((false, SessionAction.Read), (session.ShouldHalfClose, session.Next(Now, out _)));
        session.EndInput();
        Assert.Equal(SessionAction.Finish, session.Next(Now, out _));
    }

    [Fact]
    public void Fault_delays_cuts_and_corrupts()
    {
        var fault = new EchoFault { DelayMilliseconds = 40, ChunkBytes = 3, CorruptByte = 4 };
        (EchoServerContext _, TestSession session) = Start(EchoMode.Stream, options => options with { Fault = fault });
        Assert.False(session.EchoesDirectly);
        Receive(session, [.. "abcdefgh"u8]);
        var pieces = new List<byte[]>();
        long now = Now;
        while (session.Next(now, out ReadOnlyMemory<byte> piece) is var step && step != SessionAction.Read)
        {
            if (step == SessionAction.Wait)
            {
                Assert.Equal(now + 40, session.DueAt);
                now = session.DueAt;
                continue;
            }

            pieces.Add(piece.ToArray());
            session.Sent(piece.Length);
        }

        Assert.Equal([[.. "abc"u8], [(byte)'d', (byte)('e' ^ 0xff), (byte)'f'], [.. "gh"u8]], pieces);
        Assert.Equal(Now + 120, now);
    }

    [Fact]
    public void Ended_session_is_counted_once_by_its_end()
    {
        foreach ((CloseReason end, (long, long, long) counts) in new[]
        {
            (CloseReason.Finished, (0L, 0L, 0L)), (CloseReason.Aborted, (0L, 0L, 0L)),
            (CloseReason.Failed, (1L, 0L, 0L)), (CloseReason.Idle, (0L, 1L, 0L)), (CloseReason.TooLarge, (0L, 0L, 1L)),
        })
        {
            (EchoServerContext service, TestSession session) = Start(EchoMode.Stream);
            Receive(session, Hello);
            session.End(end);
            session.End(end);

            Assert.True(session.HasEnded);
            Assert.Equal(counts, (service.Counters.Errors, service.Counters.IdleTimeouts, service.Counters.RefusedConnections));
            Assert.Equal((0, 0L), (service.Counters.ActiveConnections, service.Pool.HeldBytes));
        }
    }

    [Fact]
    public void Connections_over_the_limit_and_each_nth_are_refused()
    {
        var service = new EchoServerContext(new()
        {
            Endpoint = SocketEndpoint.Tcp("127.0.0.1", 7),
            MaxConnections = 3,
            Fault = new EchoFault { RefuseEvery = 4 },
        });

        bool[] admitted = [.. Enumerable.Range(0, 8).Select(_ => service.TryAdmit(out long _))];

        Assert.Equal([true, true, true, false, false, false, false, false], admitted);
        Assert.Equal(
            (3, 3L, 5L),
            (service.Counters.ActiveConnections, service.Counters.TotalConnections, service.Counters.RefusedConnections));
    }

    private static (EchoServerContext Service, TestSession Session) Start(
        EchoMode mode, Func<EchoServerOptions, EchoServerOptions>? configure = null)
    {
        var options = new EchoServerOptions { Endpoint = SocketEndpoint.Tcp("127.0.0.1", 7), Mode = mode };
        var service = new EchoServerContext(configure?.Invoke(options) ?? options);
        Assert.True(service.TryAdmit(out long id));
        return (service, new TestSession(service, id));
    }

    private static void Receive(EchoSession session, byte[] bytes)
    {
        session.Received(bytes);
        session.Keep(bytes);
    }

    private static string Text(ReadOnlyMemory<byte> piece) => System.Text.Encoding.ASCII.GetString(piece.Span);
}
