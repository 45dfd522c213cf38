using System.Net;
using System.Net.Sockets;
using PSIpc.Echo.Client;
using PSIpc.Sockets;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>Small messages go out at once (TCP_NODELAY, tcp(7)) on every socket that either side makes.</summary>
public sealed class EchoNoDelayTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("Any")]
    public void A_server_hands_it_on_to_what_it_accepts(string address)
    {
        Assert.SkipWhen(address != "127.0.0.1" && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using ListeningSocket listener = ListeningSocket.Open(SocketEndpoint.Tcp(address, 0), 16);
        using var client = new TcpClient(address == "Any" ? "::1" : address, listener.Endpoint.Port);
        using Socket accepted = listener.Socket.Accept();

        Assert.True(accepted.NoDelay);
    }

    [Fact]
    public void A_client_of_the_readiness_loop_has_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The readiness loop is Linux's.");
        using var server = ScriptedServer.StartSilent();
        using ClientSocket client = PollClientConnection.ConnectSocket(
            Address(server), Deadline.In(TimeSpan.FromSeconds(10)), TestContext.Current.CancellationToken);
        using var seen = new Socket(new SafeSocketHandle(client.Descriptor, ownsHandle: false));

        Assert.True(seen.NoDelay);
    }

    [Fact]
    public async Task A_client_of_streams_has_it()
    {
        using var server = ScriptedServer.StartSilent();
        await using ClientStream client = await ClientStream.ConnectAsync(
            server.Endpoint, [Address(server)], false, Deadline.In(TimeSpan.FromSeconds(10)), null, TestContext.Current.CancellationToken);

        Assert.True(Assert.IsType<NetworkStream>(client.Stream).Socket.NoDelay);
    }

    private static IPEndPoint Address(ScriptedServer server) => new(IPAddress.Loopback, server.Endpoint.Port);
}
