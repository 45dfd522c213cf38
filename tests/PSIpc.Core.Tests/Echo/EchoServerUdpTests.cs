using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PSIpc.Echo.Server;
using PSIpc.Echo.Server.Engines;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class EchoServerUdpTests
{
    private static Socket Connect(EchoServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        socket.Connect(IPAddress.Loopback, server.GetEndpoint().Port);
        return socket;
    }

    [Theory]
    [InlineData(EchoMode.Stream)]
    [InlineData(EchoMode.Message)]
    public void Echoes_datagrams_up_to_the_largest(EchoMode mode)
    {
        using EchoServer server = EchoTestServer.Start("udp", mode);
        using Socket socket = Connect(server);
        byte[] pattern = EchoTestServer.Pattern(65_507);
        byte[] reply = new byte[65_536];
        int count = 0;
        foreach (int size in Enumerable.Range(0, 65_508).Where(size => size < 2000 || size > 65_000 || size % 101 == 0))
        {
            socket.Send(pattern.AsSpan(0, size));
            Assert.Equal(size, socket.Receive(reply));
            Assert.True(pattern.AsSpan(0, size).SequenceEqual(reply.AsSpan(0, size)), $"{size} bytes");
            count++;
        }

        Assert.Equal((count, 0L), (server.Messages, server.Errors));
    }

    [Fact]
    public void An_exchange_allocates_nothing()
    {
        using EchoServer server = EchoTestServer.Start("udp");
        using Socket socket = Connect(server);
        var engine = (DatagramEngine)server.Engine;
        byte[] reply = new byte[100];
        long before = 0;
        for (int index = 0; index < 11_000; index++)
        {
            before = index == 1000 ? engine.AllocatedBytes : before;
            socket.Send("hello"u8);
            Assert.Equal(5, socket.Receive(reply));
        }

        // Less than a byte each; the runtime itself may allocate once in a while.
        Assert.InRange(engine.AllocatedBytes - before, 0, 9_999);
    }

    [Fact]
    public void Faults_are_of_each_datagram()
    {
        var fault = new EchoFault { ChunkBytes = 2, CorruptByte = 1, StallAfterBytes = 3, DelayMilliseconds = 50, RefuseEvery = 2 };
        using EchoServer server = EchoTestServer.Start("udp", configure: options => options with { Fault = fault });
        using Socket socket = Connect(server);
        byte[] reply = new byte[100];
        var watch = Stopwatch.StartNew();
        socket.Send("abcdef"u8);
        Assert.Equal(2, socket.Receive(reply));
        Assert.True(watch.ElapsedMilliseconds >= 45, $"{watch.ElapsedMilliseconds} ms");
        Assert.Equal([(byte)'a', (byte)('b' ^ 0xff)], reply[..2]);
        Assert.Equal(1, socket.Receive(reply));
        Assert.Equal((byte)'c', reply[0]);
        socket.Send("refused"u8);
        socket.Send("x"u8);
        Assert.Equal(1, socket.Receive(reply));
        Assert.Equal((byte)'x', reply[0]);
        Assert.Equal(1, server.RefusedConnections);
    }

    [Fact]
    public void Receivers_see_whole_datagrams()
    {
        using EchoServer server = EchoTestServer.Start("udp");
        using EchoSubscription receiver = server.Receive();
        using Socket socket = Connect(server);
        socket.Send("hello"u8);
        Assert.True(receiver.WaitToRead(TestContext.Current.CancellationToken));
        Assert.True(receiver.TryRead(out EchoMessage? message));
        Assert.Equal(("hello", true, socket.LocalEndPoint!.ToString()), (message.Text, message.IsComplete, message.RemoteEndpoint));
    }

    [Fact]
    public void Stops_while_waiting() => Assert.Contains(Enumerable.Range(0, 20), _ =>
    {
        EchoServer server = EchoTestServer.Start("udp");
        server.Stop(ChildProcess.Patience);
        Assert.Equal(nameof(EchoServerState.Stopped), server.State);
        try
        {
            using EchoServer next = EchoServer.Start(new EchoServerOptions { Endpoint = server.GetEndpoint() });
            return true;
        }
        catch (IpcException exception) when (exception.Reason == IpcErrorReason.EchoAddressInUse)
        {
            // Another program of the machine can be given the port in between, but not each time.
            return false;
        }
    });

    [Fact]
    public void A_port_in_use_is_said_to_be()
    {
        using EchoServer server = EchoTestServer.Start("udp");
        var exception = Assert.Throws<IpcException>(() => EchoServer.Start(new EchoServerOptions { Endpoint = server.GetEndpoint() }));
        Assert.Equal(IpcErrorReason.EchoAddressInUse, exception.Reason);
    }
}
