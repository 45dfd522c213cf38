using System.Net;
using System.Net.Sockets;
using PSIpc.Commands;
using PSIpc.Echo.Load;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

public sealed class EchoMeasurementLoadTests
{
    private static readonly EchoLoadOptions Hasty = new()
    {
        ConnectTimeout = TimeSpan.FromMilliseconds(200),
        ExchangeTimeout = TimeSpan.FromMilliseconds(200),
    };

    [Theory]
    [InlineData(1, 1, 100)]
    [InlineData(1, 64, 1000)]
    [InlineData(50, 64, 5000)]
    [InlineData(300, 1000, 3000)]
    [InlineData(3, 1_000_000, 30)]
    public void A_count_is_exact(int connections, int messageBytes, int count)
    {
        using ChildProcess server = StartEpollServer();

        EchoMeasurement measured = Run(
            Tcp(server), new EchoLoadOptions { Connections = connections, MessageBytes = messageBytes, Count = count });

        Assert.Empty(measured.Errors);
        Assert.Equal(
            (count, (long)count * messageBytes, connections, messageBytes),
            (measured.Exchanges, measured.Bytes, measured.Connections, measured.MessageBytes));
        Assert.Equal(count / measured.Duration.TotalSeconds, measured.Rate, 0.01 * measured.Rate);
        Assert.Equal(measured.Rate * messageBytes, measured.Throughput, 0.01 * measured.Throughput);
        TimeSpan[] rising = [measured.Min, measured.P50, measured.P90, measured.P99, measured.P999, measured.Max];
        Assert.Equal(rising.Order(), rising);
        Assert.True(measured.Min > TimeSpan.Zero && measured.Mean > measured.Min);
        Assert.Equal((Tcp(server).ToString(), Environment.MachineName), (measured.Endpoint, measured.Host));
        Assert.NotEmpty(EchoHistogramText.Render(measured.Histogram, 80, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_duration_ends_it()
    {
        using ChildProcess server = StartEpollServer();

        EchoMeasurement measured = Run(Tcp(server), new EchoLoadOptions { Connections = 10, Duration = TimeSpan.FromMilliseconds(300) });

        Assert.True(measured.Duration.TotalMilliseconds >= 300);
        Assert.True(measured.Exchanges > 0);
        Assert.InRange(measured.StartTime, DateTime.Now.AddMinutes(-1), DateTime.Now);
    }

    [Fact]
    public void Progress_is_told_on_the_callers_thread()
    {
        using ChildProcess server = StartEpollServer();
        using var enough = new CancellationTokenSource();
        var told = new List<(EchoLoadProgress Progress, int Thread)>();

        EchoMeasurement measured = EchoLoad.Run(
            Tcp(server),
            new EchoLoadOptions
            {
                Duration = TimeSpan.FromHours(1),
                Progress = new CallbackProgress<EchoLoadProgress>(progress =>
                {
                    told.Add((progress, Environment.CurrentManagedThreadId));
                    if (told.Count == 3)
                    {
                        enough.Cancel();
                    }
                }),
            },
            enough.Token);

        Assert.Equal(3, told.Count);
        Assert.All(told, one => Assert.Equal(Environment.CurrentManagedThreadId, one.Thread));
        Assert.True(told[^1].Progress.Exchanges <= measured.Exchanges && told[^1].Progress.Rate > 0);
    }

    [Fact]
    public void What_progress_throws_ends_it()
    {
        using ChildProcess server = StartEpollServer();
        static void Throw(EchoLoadProgress progress) => throw new OperationCanceledException();

        Assert.Throws<OperationCanceledException>(() => Run(
            Tcp(server),
            new EchoLoadOptions { Duration = TimeSpan.FromMinutes(1), Progress = new CallbackProgress<EchoLoadProgress>(Throw) }));
    }

    [Fact]
    public void Cancelling_ends_it_early_with_what_was_measured()
    {
        using ChildProcess server = StartEpollServer();
        using var cancelled = new CancellationTokenSource();

        EchoMeasurement measured = EchoLoad.Run(
            Tcp(server),
            new EchoLoadOptions
            {
                Duration = TimeSpan.FromHours(1),
                Progress = new CallbackProgress<EchoLoadProgress>(_ => cancelled.Cancel()),
            },
            cancelled.Token);

        Assert.True(measured.Duration < TimeSpan.FromHours(1) && measured.Exchanges > 0);
    }

    [Fact]
    public void Cancelled_before_the_first_connection_nothing_was_measured()
    {
        using ChildProcess server = StartEpollServer();

        Assert.Throws<OperationCanceledException>(() => EchoLoad.Run(Tcp(server), null, new CancellationToken(true)));
    }

    [Fact]
    public void A_dead_server_is_an_error_at_once() => Fails(
        IpcErrorReason.EchoConnectionRefused,
        SocketEndpoint.Tcp("127.0.0.1", TestAddress.FreePort()),
        new EchoLoadOptions { Connections = 10, Duration = TimeSpan.FromMinutes(5) });

    [Fact]
    public void A_server_that_never_answers_is_an_error()
    {
        using var server = ScriptedServer.StartSilent();

        IpcException error = Fails(
            IpcErrorReason.EchoReplyTimeout,
            server.Endpoint,
            Hasty with { Duration = TimeSpan.FromMinutes(5) });

        Assert.Contains("no exchange succeeded", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketTransport.Tcp)]
    [InlineData(SocketTransport.Pipe)]
    public void Not_one_answer_within_the_duration_is_an_error_too(SocketTransport transport)
    {
        // A server in Message mode waits for an EOF that a load never sends.
        SocketEndpoint endpoint = transport == SocketTransport.Pipe
            ? SocketEndpoint.Pipe(TestAddress.NextName())
            : SocketEndpoint.Tcp("127.0.0.1", 0);
        using EchoServer server = EchoServer.Start(new EchoServerOptions { Endpoint = endpoint, Mode = EchoMode.Message });

        IpcException error = Assert.Throws<IpcException>(
            () => Run(server.GetEndpoint(), new EchoLoadOptions { Connections = 3, Duration = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal(IpcErrorReason.EchoReplyTimeout, error.Reason);
        Assert.Contains("3 of 3 connections", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Exchanges_under_way_at_the_end_are_counted_apart()
    {
        using EchoServer server = EchoServer.Start(new EchoServerOptions
        {
            Endpoint = SocketEndpoint.Tcp("127.0.0.1", 0),
            Fault = new EchoFault { StallAfterBytes = 640 },
        });

        using var stalled = new CancellationTokenSource();
        EchoMeasurement measured = EchoLoad.Run(
            server.GetEndpoint(),
            new EchoLoadOptions
            {
                Connections = 3,
                MessageBytes = 64,
                Duration = TimeSpan.FromHours(1),
                ExchangeTimeout = Timeout.InfiniteTimeSpan,
                Progress = new CallbackProgress<EchoLoadProgress>(progress =>
                {
                    if (progress.Exchanges == 30)
                    {
                        stalled.Cancel();
                    }
                }),
            },
            stalled.Token);

        Assert.Equal((30, 3, 0), (measured.Exchanges, measured.Unfinished, measured.ErrorCount));
        Assert.Equal(6, EchoMeasurement.Merge([measured, measured]).Unfinished);
    }

    [Fact]
    public void Corrupt_echoes_are_counted_and_the_load_goes_on()
    {
        int exchange = 0;
        using var server = ScriptedServer.StartEcho(bytes =>
        {
            if (++exchange % 10 == 0)
            {
                bytes[^1] ^= 1;
            }

            return bytes;
        });

        EchoMeasurement measured = Run(server.Endpoint, new EchoLoadOptions { Count = 50 });

        Assert.Equal((45, 5), (measured.Exchanges, measured.Errors[nameof(IpcErrorReason.EchoReplyMismatch)]));
        Assert.Equal(5, measured.ErrorCount);
    }

    [Fact]
    public void An_echo_of_the_message_before_is_corrupt()
    {
        byte[] stale = new byte[64];
        using var server = ScriptedServer.StartEcho(bytes =>
        {
            byte[] answer = stale;
            stale = bytes;
            return answer;
        });

        Fails(IpcErrorReason.EchoReplyMismatch, server.Endpoint, new EchoLoadOptions { Count = 10 });
    }

    [Fact]
    public void An_echo_with_a_byte_too_many_is_corrupt()
    {
        using var server = ScriptedServer.StartEcho(static bytes => [.. bytes, 0]);

        Fails(IpcErrorReason.EchoReplyMismatch, server.Endpoint, new EchoLoadOptions { Count = 10 });
    }

    [Fact]
    public void Resets_and_closes_are_counted_by_kind_and_the_connection_is_made_anew()
    {
        int connections = 0;
        using var server = ScriptedServer.Start(connection =>
        {
            byte[] buffer = new byte[64];
            for (int exchange = 0; exchange < 5; exchange++)
            {
                connection.Send(buffer.AsSpan(0, connection.Receive(buffer)));
            }

            connection.Receive(buffer);
            if (++connections % 2 == 0)
            {
                ScriptedServer.Reset(connection);
            }
        });

        EchoMeasurement measured = Run(server.Endpoint, new EchoLoadOptions { Count = 24 });

        Assert.Equal(20, measured.Exchanges);
        Assert.Equal(
            new Dictionary<string, long>
            {
                [nameof(IpcErrorReason.EchoConnectionClosed)] = 2,
                [nameof(IpcErrorReason.EchoConnectionReset)] = 2,
            },
            measured.Errors);
    }

    [Fact]
    public void A_server_that_dies_for_good_ends_a_count()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var serving = new Thread(() =>
        {
            using (listener)
            {
                using Socket connection = listener.Accept();
                byte[] buffer = new byte[64];
                for (int exchange = 0; exchange < 5; exchange++)
                {
                    connection.Send(buffer.AsSpan(0, connection.Receive(buffer)));
                }
            }
        });
        serving.Start();

        EchoMeasurement measured = Run(
            SocketEndpoint.Tcp("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port),
            Hasty with { Count = 1000, ExchangeTimeout = TimeSpan.FromSeconds(3) });

        serving.Join();
        Assert.InRange(measured.Exchanges, 1, 5);
        Assert.Contains(nameof(IpcErrorReason.EchoConnectionRefused), measured.Errors.Keys);
    }

    [Fact]
    public void A_Unix_socket_with_a_short_backlog()
    {
        using var folder = new TemporaryFolder();
        using ChildProcess server = ChildProcess.StartPeer("echo_server.pl", folder.PathOf("perl.sock"));

        EchoMeasurement measured = Run(SocketEndpoint.Unix(folder.PathOf("perl.sock")), new EchoLoadOptions { Count = 1000 });

        Assert.Equal((1000, nameof(SocketTransport.Unix)), (measured.Exchanges, measured.Transport));
    }

    [Fact]
    public void Datagrams()
    {
        using ChildProcess server = ChildProcess.StartPeer("echo_asyncio.py");

        EchoMeasurement measured = Run(
            SocketEndpoint.Udp("127.0.0.1", server.Port), new EchoLoadOptions { Connections = 8, MessageBytes = 1000, Count = 500 });

        Assert.Equal((500, nameof(SocketTransport.Udp)), (measured.Exchanges, measured.Transport));
        Assert.Empty(measured.Errors);
    }

    [Fact]
    public void Lost_datagrams_are_time_outs()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)server.LocalEndPoint!).Port;
        var serving = new Thread(() =>
        {
            byte[] buffer = new byte[100];
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            for (int datagram = 1; datagram <= 20; datagram++)
            {
                int count = server.ReceiveFrom(buffer, ref from);
                if (datagram % 5 != 0)
                {
                    server.SendTo(buffer.AsSpan(0, count), from);
                }
            }
        });
        serving.Start();

        EchoMeasurement measured = Run(
            SocketEndpoint.Udp("127.0.0.1", port), Hasty with { Count = 20 });

        serving.Join();

        // On a busy machine more of them may come too late.
        Assert.InRange(measured.Exchanges, 1, 16);
        Assert.Equal(new Dictionary<string, long> { [nameof(IpcErrorReason.EchoReplyTimeout)] = 20 - measured.Exchanges }, measured.Errors);
    }

    [Fact]
    public void Sequences_go_on_for_as_long_as_the_pattern_repeats()
    {
        using ChildProcess server = StartEpollServer();

        Assert.Equal(5000, Run(Tcp(server), new EchoLoadOptions { MessageBytes = 1, Count = 5000 }).Exchanges);
    }

    [Fact]
    public void An_exchange_allocates_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has epoll.");
        using ChildProcess server = StartEpollServer();
        using var enough = new CancellationTokenSource();
        (long Exchanges, long Allocated)? first = null, last = null;

        EchoLoad.Run(
            Tcp(server),
            new EchoLoadOptions
            {
                Connections = 4,
                Duration = TimeSpan.FromHours(1),
                Progress = new CallbackProgress<EchoLoadProgress>(progress =>
                {
                    last = (progress.Exchanges, GC.GetAllocatedBytesForCurrentThread());
                    first ??= last;
                    if (last.Value.Exchanges - first.Value.Exchanges > 1000)
                    {
                        enough.Cancel();
                    }
                }),
            },
            enough.Token);

        // Once in a while the runtime itself allocates something for the thread.
        long exchanges = last!.Value.Exchanges - first!.Value.Exchanges;
        Assert.InRange(last.Value.Allocated - first.Value.Allocated, 0, Math.Max(4096, exchanges / 10));
    }

    [Theory]
    [InlineData(0, 64, 1L)]
    [InlineData(65_537, 64, 1L)]
    [InlineData(1, 0, 1L)]
    [InlineData(1, EchoLoadOptions.MaxMessageBytes + 1, 1L)]
    [InlineData(1, 64, 0L)]
    public void An_option_out_of_range(int connections, int messageBytes, long count) => Fails(
        IpcErrorReason.EchoOptionInvalid,
        SocketEndpoint.Tcp("127.0.0.1", 7),
        new EchoLoadOptions { Connections = connections, MessageBytes = messageBytes, Count = count });

    [Fact]
    public void A_time_out_of_range()
    {
        SocketEndpoint endpoint = SocketEndpoint.Tcp("127.0.0.1", 7);

        Fails(IpcErrorReason.EchoOptionInvalid, endpoint, new EchoLoadOptions { Duration = TimeSpan.Zero });
        Fails(IpcErrorReason.EchoOptionInvalid, endpoint, new EchoLoadOptions { Duration = TimeSpan.FromDays(2) });
        Fails(IpcErrorReason.EchoOptionInvalid, endpoint, new EchoLoadOptions { ConnectTimeout = TimeSpan.Zero });
        Fails(IpcErrorReason.EchoOptionInvalid, endpoint, new EchoLoadOptions { ExchangeTimeout = TimeSpan.Zero });
        Fails(IpcErrorReason.EchoOptionInvalid, endpoint, new EchoLoadOptions { ProgressInterval = TimeSpan.FromMilliseconds(1) });
        Fails(IpcErrorReason.EchoPortInvalid, SocketEndpoint.Tcp("127.0.0.1", 0), new EchoLoadOptions());
        Fails(IpcErrorReason.EchoMessageTooLarge, SocketEndpoint.Udp("127.0.0.1", 7), new EchoLoadOptions { MessageBytes = 65_508 });
    }

    private static SocketEndpoint Tcp(ChildProcess server) => SocketEndpoint.Tcp("127.0.0.1", server.Port);

    private static ChildProcess StartEpollServer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The plain epoll server in C needs Linux.");
        return ChildProcess.StartListening(CProgram.Compile("bench/peers/epoll_echo.c"), "gcc", ["0"], @"^(?<port>\d+)$");
    }

    private static EchoMeasurement Run(SocketEndpoint endpoint, EchoLoadOptions options) =>
        EchoLoad.Run(endpoint, options, TestContext.Current.CancellationToken);

    private static IpcException Fails(IpcErrorReason reason, SocketEndpoint endpoint, EchoLoadOptions options)
    {
        IpcException error = Assert.Throws<IpcException>(() => Run(endpoint, options));
        Assert.Equal((reason, error.Message), (error.Reason, error.Message));
        return error;
    }
}
