using System.Diagnostics;
using PSIpc.Echo.Server;
using PSIpc.Echo.Server.Sessions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class EchoServerLimitTests
{
    public static TheoryData<string> Kinds => ["tcp", "tcp-streams", "unix", "tls"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_idle_are_cut_off_and_the_busy_are_not(string kind)
    {
        const int Idle = 5;
        var limit = TimeSpan.FromSeconds(1);
        using EchoServer server = EchoTestServer.Start(kind, configure: options => options with { IdleTimeout = limit });
        using var busy = new EchoTestPeer(server.GetEndpoint());
        long begun = Stopwatch.GetTimestamp();
        EchoTestPeer[] idle = [.. Enumerable.Range(0, Idle).Select(_ => new EchoTestPeer(server.GetEndpoint()))];
        long active = Stopwatch.GetTimestamp();
        try
        {
            while (server.IdleTimeouts < Idle && Stopwatch.GetElapsedTime(begun) < ChildProcess.Patience)
            {
                busy.Send("x"u8);
                busy.Read(1);
                active = Stopwatch.GetTimestamp();
                Thread.Sleep(10);
            }

            Assert.Equal((Idle, 0L, 1), (server.IdleTimeouts, server.Errors, server.ActiveConnections));
        }
        catch (IOException) when (Stopwatch.GetElapsedTime(active) >= limit)
        {
            // The system let this thread rest for so long that the busy one was idle, too.
        }

        // The server's clock ticks in some milliseconds.
        Assert.True(Stopwatch.GetElapsedTime(begun) > limit - TimeSpan.FromMilliseconds(50));
        foreach (EchoTestPeer peer in idle)
        {
            peer.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_peer_that_does_not_read_is_idle_in_the_end(string kind)
    {
        using EchoServer server = EchoTestServer.Start(
            kind, configure: options => options with { IdleTimeout = TimeSpan.FromMilliseconds(400) });
        using var peer = new EchoTestPeer(server.GetEndpoint());
        byte[] bytes = EchoTestServer.Pattern(1 << 20);
        Assert.Throws<IOException>(() =>
        {
            for (int index = 0; index < 1000; index++)
            {
                peer.Send(bytes);
            }
        });
        Eventually.True(() => server.IdleTimeouts == 1, "cut off");
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("tcp-streams")]
    public void One_connection_over_the_limit_is_reset(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind, configure: options => options with { MaxConnections = 3 });
        EchoTestPeer[] peers = [.. Enumerable.Range(0, 3).Select(_ => new EchoTestPeer(server.GetEndpoint()))];
        Eventually.True(() => server.ActiveConnections == 3, "three served");
        using (var fourth = new EchoTestPeer(server.GetEndpoint()))
        {
            Assert.True(fourth.EndsInReset());
        }

        Assert.Equal((3L, 1L), (server.TotalConnections, server.RefusedConnections));
        foreach (EchoTestPeer peer in peers)
        {
            Assert.Equal("hello"u8.ToArray(), peer.Exchange("hello"u8.ToArray()));
            peer.Dispose();
        }

        Eventually.True(() => server.ActiveConnections == 0, "all gone");
        using var next = new EchoTestPeer(server.GetEndpoint());
        Assert.Equal("hello"u8.ToArray(), next.Exchange("hello"u8.ToArray()));
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("tcp-streams")]
    public void A_message_over_the_bound_is_reset_and_one_at_the_bound_is_echoed(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind, EchoMode.Message, options => options with { MaxMessageBytes = 100_000 });
        using (var large = new EchoTestPeer(server.GetEndpoint()))
        {
            large.Send(EchoTestServer.Pattern(100_001));
            Assert.True(large.EndsInReset());
        }

        byte[] bytes = EchoTestServer.Pattern(100_000);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        Assert.True(bytes.AsSpan().SequenceEqual(peer.Exchange(bytes, EchoMode.Message)));
        Eventually.True(() => server.ActiveConnections == 0, "closed");
        Assert.Equal((1L, 1L, 0L), (server.RefusedConnections, server.Messages, server.Errors));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_client_that_does_not_read_is_not_read_from(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind);
        using var greedy = new EchoTestPeer(server.GetEndpoint());
        using var honest = new EchoTestPeer(server.GetEndpoint());
        var flood = new Thread(() =>
        {
            try
            {
                byte[] bytes = EchoTestServer.Pattern(1 << 20);
                for (int index = 0; index < 256; index++)
                {
                    greedy.Send(bytes);
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The test is over.
            }
        });
        flood.Start();
        long last = -1;
        Eventually.True(
            () =>
            {
                for (int index = 0; index < 500; index++)
                {
                    honest.Send("hello"u8);
                    honest.Read(5);
                }

                // The honest one's bytes come back whole, so the difference is what the greedy one has in the server.
                (long before, last) = (last, server.BytesReceived - server.BytesSent);
                return before == last && server.BytesReceived > EchoServerContext.ReadBytes;
            },
            "the flood held back");
        Assert.InRange(last, 0, EchoServerContext.ReadBytes + 5);
        greedy.Dispose();
        flood.Join();
        Eventually.True(() => server.ActiveConnections == 1, "the greedy one gone");
    }

    [Fact]
    public void Memory_for_messages_is_shared_out()
    {
        // Eight connections of 70 MiB each would hold twice the budget.
        using EchoServer server = EchoTestServer.Start(
            "tcp", EchoMode.Message, options => options with { MaxMessageBytes = 200 << 20, MaxConnections = 16 });
        byte[] part = EchoTestServer.Pattern(1 << 20);
        EchoTestPeer[] peers = [.. Enumerable.Range(0, 8).Select(_ => new EchoTestPeer(server.GetEndpoint()))];
        int refused = 0;
        foreach (EchoTestPeer peer in peers)
        {
            try
            {
                for (int index = 0; index < 70; index++)
                {
                    peer.Send(part);
                }
            }
            catch (IOException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 7);
        using (var modest = new EchoTestPeer(server.GetEndpoint()))
        {
            Assert.True(part.AsSpan().SequenceEqual(modest.Exchange(part, EchoMode.Message)));
        }

        foreach (EchoTestPeer peer in peers)
        {
            peer.Dispose();
        }
    }
}
