using System.Net;
using System.Net.Sockets;
using System.Text;
using PSIpc.Echo.Client;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

public class EchoClientTests
{
    private static readonly EchoClientOptions Verify = new() { KeepReply = false };

    [Fact]
    public void The_reply_says_what_went_and_what_came()
    {
        using var server = ScriptedServer.StartEcho();

        EchoReply reply = Send(server.Endpoint, EchoPayload.FromText("héllo"), new EchoClientOptions { Sequence = 3 });

        Assert.True(reply.Matches);
        Assert.Equal("héllo", reply.Reply);
        Assert.Equal(Encoding.UTF8.GetBytes("héllo"), reply.Bytes);
        Assert.Equal((6L, 6L, 3L), (reply.BytesSent, reply.BytesReceived, reply.Sequence));
        Assert.Equal(server.Endpoint.ToString(), reply.Endpoint);
        Assert.Equal($"127.0.0.1:{server.Endpoint.Port}", reply.RemoteEndpoint);
        Assert.StartsWith("127.0.0.1:", reply.LocalEndpoint, StringComparison.Ordinal);
        Assert.True(reply.ConnectTime > TimeSpan.Zero && reply.RoundTripTime > TimeSpan.Zero);
        Assert.Null(reply.MismatchOffset);
        reply.ThrowIfMismatch();
    }

    [Fact]
    public void An_empty_message_is_a_half_close_and_an_EOF()
    {
        using var server = ScriptedServer.StartEcho();

        EchoReply reply = Send(server.Endpoint, EchoPayload.FromBytes(default));

        Assert.True(reply.Matches);
        Assert.Equal((string.Empty, 0L), (reply.Reply, reply.BytesReceived));
    }

    [Fact]
    public void Every_size_comes_back()
    {
        using ChildProcess server = ChildProcess.StartPeer("echo_asyncio.py");
        SocketEndpoint endpoint = SocketEndpoint.Tcp("127.0.0.1", server.Port);
        foreach (int size in (int[])[1, 2, 63, 64, 65, 1023, 4096, 65_535, 65_536, 65_537, 70_000, 1_000_000])
        {
            Assert.True(Send(endpoint, EchoPayload.Pattern(size, size)).Matches, $"{size} bytes");
        }
    }

    [Fact]
    public void A_large_message_goes_both_ways_at_once_in_bounded_memory()
    {
        using ChildProcess server = ChildProcess.StartPeer("echo_asyncio.py");
        SocketEndpoint endpoint = SocketEndpoint.Tcp("127.0.0.1", server.Port);
        Send(endpoint, EchoPayload.Pattern(1 << 20), Verify);
        long before = GC.GetAllocatedBytesForCurrentThread();

        EchoReply reply = Send(endpoint, EchoPayload.Pattern(256 << 20), Verify);

        Assert.True(reply.Matches);
        Assert.Equal((256L << 20, null), (reply.BytesReceived, reply.Bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_server_that_echoes_only_after_EOF_gets_it_all_first()
    {
        using var server = ScriptedServer.Start(connection =>
        {
            var all = new MemoryStream();
            ScriptedServer.Drain(connection, bytes => all.Write(bytes));
            connection.Send(all.ToArray());
        });

        Assert.True(Send(server.Endpoint, EchoPayload.Pattern(8 << 20), Verify).Matches);
    }

    [Fact]
    public void Without_half_close_it_ends_when_as_many_bytes_came_back()
    {
        // A server that closes at the client's EOF, without an answer: half-close fails with it.
        using var server = ScriptedServer.Start(connection => connection.Send(new byte[connection.Receive(new byte[100])]));
        using var stubborn = ScriptedServer.StartEcho();

        EchoReply reply = Send(stubborn.Endpoint, EchoPayload.Pattern(100_000), new EchoClientOptions { HalfClose = false });

        Assert.True(reply.Matches);
        Assert.True(Send(server.Endpoint, EchoPayload.FromBytes(new byte[10]), new EchoClientOptions { HalfClose = false }).Matches);
    }

    [Fact]
    public void A_file_is_sent_and_verified()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] content = EchoPayload.Pattern(300_000).Slice(0, new byte[300_000]).ToArray();
            File.WriteAllBytes(path, content);
            using var server = ScriptedServer.StartEcho();
            using FileStream file = File.OpenRead(path);

            EchoReply reply = Send(server.Endpoint, EchoPayload.FromStream(file));

            Assert.True(reply.Matches);
            Assert.Equal(content, reply.Bytes);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_Unix_socket_is_an_address_like_any_other()
    {
        using var folder = new TemporaryFolder();
        using var server = ScriptedServer.Start(new UnixDomainSocketEndPoint(folder.PathOf("echo.sock")), connection =>
        {
            ScriptedServer.Drain(connection, bytes => connection.Send(bytes));
            connection.Shutdown(SocketShutdown.Send);
        });

        EchoReply reply = Send(server.Endpoint, EchoPayload.FromText("unix"));

        Assert.True(reply.Matches);
        Assert.Equal(
            (nameof(SocketTransport.Unix), folder.PathOf("echo.sock"), string.Empty),
            (reply.Transport, reply.RemoteEndpoint, reply.LocalEndpoint));
    }

    [Fact]
    public void Every_address_of_a_name_is_tried()
    {
        // localhost is ::1 and 127.0.0.1 in whichever order; the server has only one of them.
        using var server = ScriptedServer.StartEcho();

        Assert.True(Send(SocketEndpoint.Tcp("localhost", server.Endpoint.Port), EchoPayload.FromText("x")).Matches);
    }

    [Fact]
    public void IPv6_is_an_address_like_any_other()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var server = ScriptedServer.Start(new IPEndPoint(IPAddress.IPv6Loopback, 0), connection =>
            ScriptedServer.Drain(connection, bytes => connection.Send(bytes)));

        EchoReply reply = Send(server.Endpoint, EchoPayload.FromText("x"));

        Assert.True(reply.Matches);
        Assert.StartsWith("[::1]:", reply.LocalEndpoint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1472)]
    [InlineData(65_507)]
    public void A_datagram_comes_back(int size)
    {
        using ChildProcess server = ChildProcess.StartPeer("echo_asyncio.py");

        EchoReply reply = Send(SocketEndpoint.Udp("127.0.0.1", server.Port), EchoPayload.Pattern(size));

        Assert.True(reply.Matches);
        Assert.Equal((size, size), (reply.BytesSent, reply.BytesReceived));
    }

    [Fact]
    public async Task An_empty_datagram_is_a_message()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task echo = Task.Run(() =>
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int count = server.ReceiveFrom(new byte[1], ref from);
            server.SendTo(new byte[count], from);
        }, TestContext.Current.CancellationToken);

        Assert.True(Send(SocketEndpoint.Udp("127.0.0.1", ((IPEndPoint)server.LocalEndPoint!).Port), EchoPayload.FromText("")).Matches);
        await echo;
    }

    [Fact]
    public void A_datagram_finds_the_address_that_answers()
    {
        using ChildProcess server = ChildProcess.StartPeer("echo_asyncio.py");

        Assert.True(Send(SocketEndpoint.Udp("localhost", server.Port), EchoPayload.FromText("x")).Matches);
    }

    [Fact]
    public async Task A_named_pipe_of_another_program_is_half_closed_too()
    {
        string name = $"PSIpc-{Guid.NewGuid():N}";
        await using var pipe = new System.IO.Pipes.NamedPipeServerStream(
            name,
            System.IO.Pipes.PipeDirection.InOut,
            1,
            System.IO.Pipes.PipeTransmissionMode.Byte,
            System.IO.Pipes.PipeOptions.Asynchronous);
        Task serving = Task.Run(async () =>
        {
            await pipe.WaitForConnectionAsync(TestContext.Current.CancellationToken);
            byte[] buffer = new byte[4096];
            for (int count; (count = await pipe.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0;)
            {
                await pipe.WriteAsync(buffer.AsMemory(0, count), TestContext.Current.CancellationToken);
            }

            pipe.Disconnect();
        }, TestContext.Current.CancellationToken);

        EchoReply reply = Send(SocketEndpoint.Pipe(name), EchoPayload.Pattern(100_000));

        Assert.True(reply.Matches);
        Assert.Equal((nameof(SocketTransport.Pipe), $"pipe:{name}"), (reply.Transport, reply.Endpoint));
        await serving;
    }

    private EchoReply Send(SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options = null) =>
        Send(endpoint, payload, options, TestContext.Current.CancellationToken);

    private protected virtual EchoReply Send(
        SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options, CancellationToken cancellationToken) =>
        EchoClient.Send(endpoint, payload, options, cancellationToken);
}

/// <summary>The same, without a thread that waits.</summary>
public sealed class EchoClientAsyncTests : EchoClientTests
{
    private protected override EchoReply Send(
        SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options, CancellationToken cancellationToken) =>
        EchoClient.SendAsync(endpoint, payload, options, cancellationToken).GetAwaiter().GetResult();
}
