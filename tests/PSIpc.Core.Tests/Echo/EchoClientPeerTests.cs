using PSIpc.Echo.Client;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>The client against echo servers that other people wrote, and in other languages.</summary>
public sealed class EchoClientPeerTests
{
    [Fact]
    public void The_reference_server_in_C()
    {
        using ChildProcess server = ChildProcess.StartPeer("socket_server", "0");

        EchoReply reply = Send(SocketEndpoint.Tcp("127.0.0.1", server.Port), EchoPayload.FromText("Linux Programming"));

        Assert.Equal((true, "Linux Programming"), (reply.Matches, reply.Reply));
        server.WaitForOutput(">Linux Programming");
    }

    [Fact]
    public void The_reference_server_in_C_with_every_size()
    {
        using ChildProcess server = ChildProcess.StartPeer("socket_server", "0");
        SocketEndpoint endpoint = SocketEndpoint.Tcp("127.0.0.1", server.Port);
        foreach (int size in (int[])[0, 1, 1023, 1024, 1025, 70_000])
        {
            Assert.True(Send(endpoint, EchoPayload.Pattern(size)).Matches, $"{size} bytes");
        }
    }

    [Fact]
    public void Perl_over_TCP()
    {
        using ChildProcess server = ChildProcess.StartPeer("echo_server.pl");

        Assert.True(Send(SocketEndpoint.Tcp("127.0.0.1", server.Port), EchoPayload.Pattern(1_000_000)).Matches);
    }

    [Fact]
    public void Perl_over_a_Unix_socket()
    {
        using var folder = new TemporaryFolder();
        using ChildProcess server = ChildProcess.StartPeer("echo_server.pl", folder.PathOf("perl.sock"));

        Assert.True(Send(SocketEndpoint.Unix(folder.PathOf("perl.sock")), EchoPayload.Pattern(1_000_000)).Matches);
    }

    [Fact]
    public void Socat()
    {
        using ChildProcess server = ChildProcess.StartListening(
            "socat", "socat", ["-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork", "EXEC:cat"], @"listening on AF=2 127\.0\.0\.1:(?<port>\d+)");

        Assert.True(Send(SocketEndpoint.Tcp("127.0.0.1", server.Port), EchoPayload.Pattern(30_000)).Matches);
    }

    [Fact]
    public void Ncat()
    {
        using ChildProcess server = ChildProcess.StartListening(
            "ncat", "ncat", ["-v", "-l", "127.0.0.1", $"{TestAddress.FreePort()}", "-k", "-e", "/bin/cat"],
            @"Listening on 127\.0\.0\.1:(?<port>\d+)");

        // ncat ends the program's output with the connection when the client half-closes: it is a server for -NoHalfClose.
        // Its own copying into and out of the program stands still for good when both pipes are full, hence less than one holds.
        Assert.True(Send(
            SocketEndpoint.Tcp("127.0.0.1", server.Port),
            EchoPayload.Pattern(50_000),
            new EchoClientOptions { HalfClose = false }).Matches);
    }

    [Fact]
    public void Xinetds_echo_service_over_TCP_and_UDP()
    {
        using var folder = new TemporaryFolder();
        int port = TestAddress.FreePort();
        string Service(string protocol, string socket, string wait) => $$"""
            service echo
            {
                type = INTERNAL UNLISTED
                id = echo-{{socket}}
                socket_type = {{socket}}
                protocol = {{protocol}}
                port = {{port}}
                bind = 127.0.0.1
                wait = {{wait}}
                user = {{Environment.UserName}}
            }

            """;
        File.WriteAllText(folder.PathOf("xinetd.conf"), Service("tcp", "stream", "no") + Service("udp", "dgram", "yes"));
        using ChildProcess server = ChildProcess.StartListening(
            "/usr/sbin/xinetd",
            "xinetd",
            ["-dontfork", "-f", folder.PathOf("xinetd.conf"), "-pidfile", folder.PathOf("pid"), "-filelog", "/dev/stderr"],
            "Started working: 2 available services");

        Assert.True(Send(SocketEndpoint.Tcp("127.0.0.1", port), EchoPayload.Pattern(100_000)).Matches);
        Assert.True(Send(SocketEndpoint.Udp("127.0.0.1", port), EchoPayload.Pattern(1400)).Matches);
    }

    private static EchoReply Send(SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options = null) =>
        EchoClient.Send(endpoint, payload, options, TestContext.Current.CancellationToken);
}
