using System.Net;
using System.Net.Sockets;
using PSIpc.Echo.Client;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

public class EchoClientErrorTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);

    private static readonly EchoPayload Hello = EchoPayload.FromText("hello");

    [Fact]
    public void Nobody_listens()
    {
        SocketEndpoint endpoint = SocketEndpoint.Tcp("127.0.0.1", TestAddress.FreePort());

        IpcException error = Fails(IpcErrorReason.EchoConnectionRefused, endpoint);

        Assert.Contains(endpoint.ToString(), error.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, error.NativeErrorCode);
    }

    [Fact]
    public void Every_attempt_is_in_the_message_when_none_succeeded()
    {
        IPEndPoint[] addresses = [new(IPAddress.IPv6Loopback, 7), new(IPAddress.Loopback, 7)];

        IpcException error = Assert.Throws<IpcException>(() => EndpointResolver.ConnectFirst<int>(
            SocketEndpoint.Tcp("localhost", 7),
            addresses,
            Deadline.Never,
            (address, _) => throw new IpcException(IpcErrorReason.EchoConnectionRefused, $"no {address.AddressFamily}", 111)));

        Assert.Equal((IpcErrorReason.EchoConnectionRefused, 111), (error.Reason, error.NativeErrorCode));
        Assert.Contains("[::1]:7: no InterNetworkV6; 127.0.0.1:7: no InterNetwork", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_swallows_packets_leaves_time_for_the_next()
    {
        IPEndPoint[] addresses = [new(IPAddress.IPv6Loopback, 7), new(IPAddress.Loopback, 7)];

        TimeSpan left = EndpointResolver.ConnectFirst(
            SocketEndpoint.Tcp("localhost", 7),
            addresses,
            Deadline.In(TimeSpan.FromSeconds(100)),
            (address, part) => address.AddressFamily == AddressFamily.InterNetwork
                ? part.Remaining
                : throw new IpcException(IpcErrorReason.EchoConnectTimeout, $"after {part.Remaining}"));

        Assert.InRange(left.TotalSeconds, 50, 100);
    }

    [Fact]
    public void Nobody_listens_on_a_UDP_port() =>
        Fails(IpcErrorReason.EchoConnectionRefused, SocketEndpoint.Udp("127.0.0.1", TestAddress.FreePort()));

    [Fact]
    public void Nobody_listens_on_a_path()
    {
        using var folder = new TemporaryFolder();

        Fails(IpcErrorReason.EchoConnectionRefused, SocketEndpoint.Unix(folder.PathOf("none.sock")));
    }

    [Fact]
    public void A_path_is_a_plain_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("plain"), "text");

        Fails(IpcErrorReason.EchoPathNotASocket, SocketEndpoint.Unix(folder.PathOf("plain")));
        Assert.Equal("text", File.ReadAllText(folder.PathOf("plain")));
    }

    [Fact]
    public void A_path_is_too_long() => Assert.Contains(
        OperatingSystem.IsMacOS() ? "103" : "107",
        Assert.Throws<IpcException>(() => SocketEndpoint.Unix("/tmp/" + new string('x', 200))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_pipe_that_nobody_serves() => Fails(
        OperatingSystem.IsWindows() ? IpcErrorReason.EchoConnectTimeout : IpcErrorReason.EchoConnectionRefused,
        SocketEndpoint.Pipe($"PSIpc-{Guid.NewGuid():N}"),
        new EchoClientOptions { ConnectTimeout = Short });

    [Fact]
    public void A_name_that_nobody_knows() => Fails(
        IpcErrorReason.EchoAddressUnresolved,
        SocketEndpoint.Tcp("no-such-host.invalid", 7),
        new EchoClientOptions { ConnectTimeout = TimeSpan.FromSeconds(30) });

    [Theory]
    [InlineData(SocketTransport.Tcp)]
    [InlineData(SocketTransport.Tls)]
    [InlineData(SocketTransport.Udp)]
    public void Port_0_is_for_servers(SocketTransport transport) => Fails(IpcErrorReason.EchoPortInvalid, transport switch
    {
        SocketTransport.Tls => SocketEndpoint.Tls("127.0.0.1", 0),
        SocketTransport.Udp => SocketEndpoint.Udp("127.0.0.1", 0),
        _ => SocketEndpoint.Tcp("127.0.0.1", 0),
    });

    [Fact]
    public void A_datagram_is_too_large()
    {
        IpcException error = Fails(
            IpcErrorReason.EchoMessageTooLarge, SocketEndpoint.Udp("127.0.0.1", 7), payload: EchoPayload.Pattern(65_508));

        Assert.Contains("65507", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reply_too_large_to_keep() =>
        Fails(IpcErrorReason.EchoMessageTooLarge, SocketEndpoint.Tcp("127.0.0.1", 7), payload: EchoPayload.Pattern(3L << 30));

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(double.MaxValue)]
    public void A_time_out_out_of_range(double seconds)
    {
        TimeSpan timeout = seconds == double.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);

        Fails(IpcErrorReason.EchoOptionInvalid, SocketEndpoint.Tcp("127.0.0.1", 7), new EchoClientOptions { Timeout = timeout });
        Fails(IpcErrorReason.EchoOptionInvalid, SocketEndpoint.Tcp("127.0.0.1", 7), new EchoClientOptions { ConnectTimeout = timeout });
    }

    [Fact]
    public void A_backlog_that_is_full()
    {
        // Nobody accepts: Linux queues as many as the backlog says and one, and leaves the others without an answer.
        using var folder = new TemporaryFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.PathOf("full.sock")));
        listener.Listen(0);
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        first.Connect(listener.LocalEndPoint!);

        Fails(
            IpcErrorReason.EchoConnectTimeout,
            SocketEndpoint.Unix(folder.PathOf("full.sock")),
            new EchoClientOptions { ConnectTimeout = Short });
    }

    [Fact]
    public void A_TCP_backlog_that_is_full()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux leaves the others without an answer.");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(listener.LocalEndPoint!);

        Fails(
            IpcErrorReason.EchoConnectTimeout,
            SocketEndpoint.Tcp("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port),
            new EchoClientOptions { ConnectTimeout = Short });
    }

    [Fact]
    public void A_server_that_resets()
    {
        using var server = ScriptedServer.Start(static connection =>
        {
            connection.Receive(new byte[1]);
            ScriptedServer.Reset(connection);
        });

        Fails(IpcErrorReason.EchoConnectionReset, server.Endpoint);
    }

    [Fact]
    public void A_server_that_closes_early()
    {
        using var server = ScriptedServer.Start(static connection =>
        {
            byte[] buffer = new byte[5];
            for (int count = 0; count < 5;)
            {
                count += connection.Receive(buffer.AsSpan(count));
            }

            connection.Send(buffer.AsSpan(0, 3));
        });

        IpcException error = Fails(IpcErrorReason.EchoConnectionClosed, server.Endpoint);

        Assert.Contains("3 of 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_never_answers()
    {
        using var server = ScriptedServer.Start(static connection =>
        {
            ScriptedServer.Drain(connection, static _ => { });
            connection.Poll(-1, SelectMode.SelectError);
        });

        Fails(IpcErrorReason.EchoReplyTimeout, server.Endpoint, new EchoClientOptions { Timeout = Short });
    }

    [Fact]
    public void A_datagram_that_is_never_answered()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        Fails(
            IpcErrorReason.EchoReplyTimeout,
            SocketEndpoint.Udp("127.0.0.1", ((IPEndPoint)silent.LocalEndPoint!).Port),
            new EchoClientOptions { Timeout = Short });
    }

    [Fact]
    public void A_server_that_never_reads()
    {
        ScriptedServer? server = null;
        using ScriptedServer started = server = ScriptedServer.Start(_ => server!.Stopped.WaitOne());

        Fails(
            IpcErrorReason.EchoReplyTimeout,
            server.Endpoint,
            new EchoClientOptions { Timeout = Short, KeepReply = false },
            EchoPayload.Pattern(1L << 30));
    }

    [Fact]
    public void A_server_that_echoes_and_does_not_close()
    {
        ScriptedServer? server = null;
        using ScriptedServer started = server = ScriptedServer.Start(connection =>
        {
            ScriptedServer.Drain(connection, bytes => connection.Send(bytes));
            server!.Stopped.WaitOne();
        });

        // On a busy machine the echo itself may take longer than the time-out.
        IpcException error;
        TimeSpan timeout = Short;
        do
        {
            error = Fails(IpcErrorReason.EchoReplyTimeout, started.Endpoint, new EchoClientOptions { Timeout = timeout });
            timeout *= 2;
        }
        while (!error.Message.Contains("half-close", StringComparison.Ordinal) && timeout < ChildProcess.Patience);
        Assert.Contains("half-close", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_server_that_echoes_something_else(bool keep)
    {
        using var server = ScriptedServer.StartEcho(static bytes =>
        {
            bytes[3] = (byte)'p';
            return bytes;
        });

        EchoReply reply = Send(server.Endpoint, Hello, new EchoClientOptions { KeepReply = keep });

        Assert.False(reply.Matches);
        Assert.Equal((3L, (byte)'l', (byte)'p'), (reply.MismatchOffset, reply.ExpectedByte, reply.ActualByte));
        Assert.Equal(keep ? "helpo" : null, reply.Reply);
        IpcException error = Assert.Throws<IpcException>(reply.ThrowIfMismatch);
        Assert.Equal(IpcErrorReason.EchoReplyMismatch, error.Reason);
        Assert.Contains("offset 3 is 0x70 and not 0x6C", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_wrong_byte_of_many()
    {
        long seen = 0;
        using var server = ScriptedServer.StartEcho(bytes =>
        {
            if (seen <= 5_000_000 && seen + bytes.Length > 5_000_000)
            {
                bytes[5_000_000 - seen] ^= 1;
            }

            seen += bytes.Length;
            return bytes;
        });

        EchoReply reply = Send(server.Endpoint, EchoPayload.Pattern(20_000_000), new EchoClientOptions { KeepReply = false });

        Assert.Equal((false, 5_000_000), (reply.Matches, reply.MismatchOffset));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_server_that_sends_more_than_it_got(bool keep)
    {
        using var server = ScriptedServer.StartEcho(static bytes => [.. bytes, (byte)'!']);

        EchoReply reply = Send(server.Endpoint, Hello, new EchoClientOptions { KeepReply = keep });

        Assert.Equal((false, 5L, null, (byte)'!'), (reply.Matches, reply.MismatchOffset, reply.ExpectedByte, reply.ActualByte));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_server_that_sends_for_ever(bool keep)
    {
        using var server = ScriptedServer.Start(static connection =>
        {
            while (true)
            {
                connection.Send(new byte[65536]);
            }
        });

        EchoReply reply = Send(server.Endpoint, EchoPayload.FromBytes(new byte[10]), new EchoClientOptions { KeepReply = keep });

        Assert.Equal((false, 10L), (reply.Matches, reply.MismatchOffset));
        Assert.InRange(reply.Bytes?.Length ?? 0, 0, 10 + 65536);
    }

    [Fact]
    public void A_server_that_sends_a_little_for_ever()
    {
        using var server = ScriptedServer.Start(static connection =>
        {
            while (!connection.Poll(5_000, SelectMode.SelectError))
            {
                connection.Send(new byte[1]);
            }
        });

        Fails(
            IpcErrorReason.EchoReplyTimeout,
            server.Endpoint,
            new EchoClientOptions { Timeout = Short },
            EchoPayload.FromBytes(new byte[100_000]));
    }

    [Fact]
    public void What_a_wrong_server_said_is_the_reply_though_it_resets()
    {
        using var server = ScriptedServer.Start(static connection =>
        {
            connection.Send("220 mail.example ESMTP"u8);
            connection.Receive(new byte[1]);
            connection.Receive(new byte[1000]);
            connection.Send("554 no"u8);
        });

        EchoReply reply = Send(server.Endpoint, EchoPayload.FromText("GET / HTTP/1.0\r\n\r\n"));

        Assert.Equal((false, 0L), (reply.Matches, reply.MismatchOffset));
        Assert.StartsWith("220 mail", reply.Reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketTransport.Tcp)]
    [InlineData(SocketTransport.Udp)]
    [InlineData(SocketTransport.Tls)]
    public async Task Cancelling_ends_it(SocketTransport transport)
    {
        using var silent = ScriptedServer.StartSilent();
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var cancelled = new CancellationTokenSource(100);
        SocketEndpoint endpoint = transport switch
        {
            SocketTransport.Udp => SocketEndpoint.Udp("127.0.0.1", ((IPEndPoint)datagrams.LocalEndPoint!).Port),
            SocketTransport.Tls => SocketEndpoint.Tls("127.0.0.1", silent.Endpoint.Port),
            _ => silent.Endpoint,
        };
        var infinite = new EchoClientOptions
        {
            Timeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            HalfClose = false,
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Task.Run(() => Send(endpoint, Hello, infinite, cancelled.Token), CancellationToken.None)
                .WaitAsync(ChildProcess.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Cancelled_before_it_began()
    {
        using var server = ScriptedServer.StartEcho();

        Assert.ThrowsAny<OperationCanceledException>(() => Send(server.Endpoint, Hello, null, new CancellationToken(true)));
    }

    private IpcException Fails(
        IpcErrorReason reason, SocketEndpoint endpoint, EchoClientOptions? options = null, EchoPayload? payload = null)
    {
        IpcException error = Assert.Throws<IpcException>(() => Send(endpoint, payload ?? Hello, options));
        Assert.Equal((reason, error.Message), (error.Reason, error.Message));
        return error;
    }

    private EchoReply Send(SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options = null) =>
        Send(endpoint, payload, options, TestContext.Current.CancellationToken);

    private protected virtual EchoReply Send(
        SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options, CancellationToken cancellationToken) =>
        EchoClient.Send(endpoint, payload, options, cancellationToken);
}

/// <summary>The same, without a thread that waits.</summary>
public sealed class EchoClientErrorAsyncTests : EchoClientErrorTests
{
    private protected override EchoReply Send(
        SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options, CancellationToken cancellationToken) =>
        EchoClient.SendAsync(endpoint, payload, options, cancellationToken).GetAwaiter().GetResult();
}
