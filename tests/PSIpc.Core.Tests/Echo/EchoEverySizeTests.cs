using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>A message of every size from 0 to 70,000 bytes is echoed exactly, in both modes, over every transport (UDP up to its limit).</summary>
public sealed class EchoEverySizeTests
{
    private const int Largest = 70_000;
    private const int LargestDatagram = 65_507;

    [Theory]
    [InlineData("tcp", EchoMode.Stream)]
    [InlineData("tcp", EchoMode.Message)]
    [InlineData("tcp-streams", EchoMode.Stream)]
    [InlineData("tcp-streams", EchoMode.Message)]
    [InlineData("unix", EchoMode.Stream)]
    [InlineData("unix", EchoMode.Message)]
    [InlineData("pipe", EchoMode.Stream)]
    [InlineData("pipe", EchoMode.Message)]
    [InlineData("tls", EchoMode.Message)]
    [InlineData("udp", EchoMode.Stream)]
    public void Over_a_connection_of_its_own(string kind, EchoMode mode)
    {
        using EchoServer server = EchoTestServer.Start(kind, mode);
        var options = new EchoClientOptions { SkipCertificateCheck = true, KeepReply = false };
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        void Exchange(int size)
        {
            EchoReply reply = EchoClient.Send(server.Endpoint, EchoPayload.Pattern(size, size), options, cancellation);
            Assert.True(reply.Matches && reply.BytesReceived == size, $"{size} bytes: {reply.BytesReceived} came back");
        }

        // By two at a time, as a TLS handshake takes milliseconds.
        var two = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellation };
        Parallel.For(0, (kind == "udp" ? LargestDatagram : Largest) + 1, two, Exchange);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    [InlineData("pipe")]
    [InlineData("tls")]
    public void Over_one_connection(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind);
        using var peer = new EchoTestPeer(server.Endpoint);
        byte[] pattern = EchoTestServer.Pattern(Largest);
        for (int size = 0; size <= Largest; size++)
        {
            peer.Send(pattern.AsSpan(0, size));
            Assert.True(pattern.AsSpan(0, size).SequenceEqual(peer.Read(size)), $"{size} bytes");
        }
    }
}
