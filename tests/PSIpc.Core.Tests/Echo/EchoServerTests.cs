using System.Net;
using System.Net.Sockets;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class EchoServerTests
{
    public static TheoryData<string> Kinds => [.. EchoTestServer.Kinds];

    public static TheoryData<string, EchoMode> KindsAndModes
    {
        get
        {
            var data = new TheoryData<string, EchoMode>();
            foreach (string kind in EchoTestServer.Kinds)
            {
                data.Add(kind, EchoMode.Stream);
                data.Add(kind, EchoMode.Message);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndModes))]
    public void Echoes_exactly_and_half_closes(string kind, EchoMode mode)
    {
        using EchoServer server = EchoTestServer.Start(kind, mode);
        foreach (int size in (int[])[0, 1, 64, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1_000_000, 5_000_000])
        {
            byte[] sent = EchoTestServer.Pattern(size);
            using var peer = new EchoTestPeer(server.GetEndpoint());
            Assert.True(sent.AsSpan().SequenceEqual(peer.Exchange(sent, mode)), $"{size} bytes");
        }

        Eventually.True(() => server.ActiveConnections == 0, "all connections closed");
        Assert.Equal((11L, 0L, 0L), (server.TotalConnections, server.Errors, server.RefusedConnections));
        Assert.Equal(server.BytesReceived, server.BytesSent);
        Assert.Equal(mode == EchoMode.Message ? 11 : 0, server.Messages);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Stream_mode_answers_before_the_half_close(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        for (int index = 0; index < 100; index++)
        {
            peer.Send([(byte)index, 1, 2]);
            Assert.Equal([(byte)index, 1, 2], peer.Read(3));
        }

        peer.HalfClose();
        Assert.Empty(peer.ReadToEnd());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Message_mode_answers_only_after_the_half_close(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind, EchoMode.Message);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        peer.Send("Linux "u8);
        Eventually.True(() => server.BytesReceived == 6, "the first part received");
        peer.Send("Programming"u8);
        Eventually.True(() => server.BytesReceived == 17, "the second part received");
        Assert.Equal(0, server.BytesSent);
        peer.HalfClose();
        Assert.Equal("Linux Programming"u8.ToArray(), peer.ReadToEnd());
    }

    [Fact]
    public void Gives_the_real_port_and_lists_itself_until_it_stops()
    {
        EchoServer server = EchoTestServer.Start("tcp");
        Assert.InRange(server.GetEndpoint().Port, 1, 65535);
        Assert.Equal(nameof(EchoServerState.Listening), server.State);
        Assert.Contains(server, EchoServer.All);
        Assert.Same(server, EchoServer.Find(server.Id));
        server.Dispose();
        Assert.Equal(nameof(EchoServerState.Stopped), server.State);
        Assert.DoesNotContain(server, EchoServer.All);
        Assert.Null(EchoServer.Find(server.Id));
    }

    [Fact]
    public void Any_serves_both_families_on_one_port()
    {
        using EchoServer server = EchoServer.Start(new EchoServerOptions { Endpoint = SocketEndpoint.Tcp("Any", 0) });
        List<string> addresses = ["127.0.0.1"];
        if (Socket.OSSupportsIPv6)
        {
            addresses.Add("::1");
        }

        foreach (string address in addresses)
        {
            using EchoSubscription receiver = server.Receive();
            using var peer = new EchoTestPeer(SocketEndpoint.Tcp(address, server.GetEndpoint().Port));
            Assert.Equal("hello"u8.ToArray(), peer.Exchange("hello"u8.ToArray()));
            Assert.True(receiver.WaitToRead(TestContext.Current.CancellationToken));
            Assert.True(receiver.TryRead(out EchoMessage? message));
            Assert.Equal(address, IPEndPoint.Parse(message.RemoteEndpoint).Address.ToString());
        }
    }

    [Fact]
    public void Resolves_a_host_name()
    {
        using EchoServer server = EchoServer.Start(new EchoServerOptions { Endpoint = SocketEndpoint.Tcp("localhost", 0) });
        using var client = new TcpClient("localhost", server.GetEndpoint().Port);
        client.Client.Send("x"u8);
        byte[] reply = new byte[1];
        client.GetStream().ReadExactly(reply);
        Assert.Equal("x"u8.ToArray(), reply);
    }

    [Fact]
    public void A_client_that_closes_without_reading_harms_nobody()
    {
        using EchoServer server = EchoTestServer.Start("tcp");
        using var honest = new EchoTestPeer(server.GetEndpoint());
        for (int index = 0; index < 200; index++)
        {
            using var rude = new EchoTestPeer(server.GetEndpoint());
            rude.Send(EchoTestServer.Pattern(10_000));
            rude.Socket.LingerState = new LingerOption(true, 0);
        }

        honest.Send("still there"u8);
        Assert.Equal("still there"u8.ToArray(), honest.Read(11));
        Eventually.True(() => server.ActiveConnections == 1, "the rude connections closed");
        Assert.Equal(nameof(EchoServerState.Listening), server.State);
    }

    [Fact]
    public void Random_bytes_at_a_tls_listener_are_an_error_of_that_connection()
    {
        using EchoServer server = EchoTestServer.Start("tls");
        using (var scanner = new EchoTestPeer(SocketEndpoint.Tcp("127.0.0.1", server.GetEndpoint().Port)))
        {
            scanner.Send(EchoTestServer.Pattern(500));
            try
            {
                scanner.ReadToEnd();
            }
            catch (IOException)
            {
                // A reset is as good as an end.
            }
        }

        Eventually.True(() => server.Errors == 1, "the failed handshake counted");
        using var honest = new EchoTestPeer(server.GetEndpoint());
        Assert.Equal("hello"u8.ToArray(), honest.Exchange("hello"u8.ToArray()));
    }

    [Fact]
    public void Echoes_what_follows_urgent_data()
    {
        using EchoServer server = EchoTestServer.Start("tcp");
        using var peer = new EchoTestPeer(server.GetEndpoint());
        for (int index = 0; index < 50; index++)
        {
            peer.Socket.Send("ab"u8);
            peer.Socket.Send("!"u8, SocketFlags.OutOfBand);
            peer.Socket.Send("cd"u8);
            Assert.Equal("abcd"u8.ToArray(), peer.Read(4));
        }
    }
}
