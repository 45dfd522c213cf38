using System.Text;
using PSIpc.Echo.Server;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class EchoReceiverTests
{
    private static EchoMessage Next(EchoSubscription receiver)
    {
        Assert.True(receiver.WaitToRead(TestContext.Current.CancellationToken));
        Assert.True(receiver.TryRead(out EchoMessage? message));
        return message;
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    [InlineData("tls")]
    public void Message_mode_gives_whole_messages(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind, EchoMode.Message);
        using EchoSubscription receiver = server.Receive();
        foreach (string text in (string[])["Linux Programming", "", "grüße", new string('x', 200_000)])
        {
            using var peer = new EchoTestPeer(server.GetEndpoint());
            peer.Exchange(Encoding.UTF8.GetBytes(text), EchoMode.Message);
            EchoMessage message = Next(receiver);
            Assert.Equal((text, true), (message.Text, message.IsComplete));
            Assert.Equal(server.TotalConnections, message.ConnectionId);
            Assert.Equal(kind == "unix" ? $"pid:{Environment.ProcessId}" : peer.Socket.LocalEndPoint!.ToString(), message.RemoteEndpoint);
        }
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("tls")]
    public void Stream_mode_gives_parts_as_they_come(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind);
        using EchoSubscription receiver = server.Receive();
        using var peer = new EchoTestPeer(server.GetEndpoint());
        foreach (string text in (string[])["one", "two"])
        {
            peer.Send(Encoding.UTF8.GetBytes(text));
            EchoMessage message = Next(receiver);
            Assert.Equal((text, false, 1L), (message.Text, message.IsComplete, message.ConnectionId));
        }
    }

    [Fact]
    public void A_message_that_is_broken_off_is_not_complete()
    {
        using EchoServer server = EchoTestServer.Start("tcp", EchoMode.Message);
        using EchoSubscription receiver = server.Receive();
        using (var peer = new EchoTestPeer(server.GetEndpoint()))
        {
            peer.Send("unfini"u8);
            Eventually.True(() => server.BytesReceived == 6, "received");
            peer.Socket.LingerState = new(true, 0);
        }

        EchoMessage message = Next(receiver);
        Assert.Equal(("unfini", false), (message.Text, message.IsComplete));
    }

    [Fact]
    public void A_slow_reader_keeps_the_newest_and_is_told_what_it_missed()
    {
        using EchoServer server = EchoTestServer.Start("tcp");
        using EchoSubscription few = server.Receive(capacity: 10);
        using EchoSubscription small = server.Receive(maxBytes: 5);
        using EchoSubscription all = server.Receive();
        using var peer = new EchoTestPeer(server.GetEndpoint());
        for (int index = 0; index < 100; index++)
        {
            peer.Send([(byte)index]);
            peer.Read(1);
        }

        Assert.Equal((90L, 95L, 0L), (few.Missed, small.Missed, all.Missed));
        Assert.Equal(90, Next(few).Bytes[0]);
        Assert.Equal(95, Next(small).Bytes[0]);
        peer.Send("longer than five"u8);
        peer.Read(16);
        Assert.Equal("longer than five", Next(small).Text);
    }

    [Fact]
    public async Task Ends_when_the_server_stops_or_the_reader_is_disposed()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        EchoServer server = EchoTestServer.Start("tcp");
        using EchoSubscription receiver = server.Receive();
        using EchoSubscription disposed = server.Receive();
        disposed.Dispose();
        Assert.False(disposed.WaitToRead(cancellation));
        Task<List<string>> reading = ReadAllAsync(receiver, cancellation);
        using (var peer = new EchoTestPeer(server.GetEndpoint()))
        {
            peer.Exchange("hello"u8.ToArray());
        }

        await server.StopAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["hello"], await reading);
        Assert.False(server.Receive().WaitToRead(cancellation));
    }

    [Fact]
    public void A_wait_can_be_cancelled()
    {
        using EchoServer server = EchoTestServer.Start("tcp");
        using EchoSubscription receiver = server.Receive();
        using var source = new CancellationTokenSource(50);
        Assert.ThrowsAny<OperationCanceledException>(() => receiver.WaitToRead(source.Token));
    }

    private static async Task<List<string>> ReadAllAsync(EchoSubscription receiver, CancellationToken cancellation)
    {
        var texts = new List<string>();
        await foreach (EchoMessage message in receiver.ReadAllAsync(cancellation))
        {
            texts.Add(message.Text);
        }

        return texts;
    }
}
