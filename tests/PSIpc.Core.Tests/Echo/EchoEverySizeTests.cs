using PSIpc.Echo.Client;
using PSIpc.Echo.Server;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>
/// A message of any size from 0 to 70,000 bytes is echoed exactly, in both modes, over every transport (UDP up to its limit). By default
/// these are the sizes at which something changes and some at random; in the soak it is every size.
/// </summary>
public sealed class EchoEverySizeTests
{
    private const int Largest = 70_000;
    private const int LargestDatagram = 65_507;

    private static readonly int[] Sizes = [.. Choose()];

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
        var options = new EchoClientOptions { SkipCertificateCheck = true, KeepReply = false, Timeout = ChildProcess.Patience };
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        void Exchange(int size)
        {
            EchoReply reply = EchoClient.Send(server.GetEndpoint(), EchoPayload.Pattern(size, size), options, cancellation);
            Assert.True(reply.Matches && reply.BytesReceived == size, $"{size} bytes: {reply.BytesReceived} came back");
        }

        // Two run at a time, because a TLS handshake takes milliseconds.
        var two = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellation };
        Parallel.ForEach(Sizes.Where(size => size <= (kind == "udp" ? LargestDatagram : Largest)), two, Exchange);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    [InlineData("pipe")]
    [InlineData("tls")]
    public void Over_one_connection(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        byte[] pattern = EchoTestServer.Pattern(Largest);
        foreach (int size in Sizes)
        {
            peer.Send(pattern.AsSpan(0, size));
            Assert.True(pattern.AsSpan(0, size).SequenceEqual(peer.Read(size)), $"{size} bytes");
        }
    }

    private static IEnumerable<int> Choose()
    {
        if (TestTier.IsSoak)
        {
            return Enumerable.Range(0, Largest + 1);
        }

        // Buffers, segments, TLS records, and packets end at powers of two, or at the largest datagram.
        IEnumerable<int> edges = Enumerable.Range(6, 11).Select(power => 1 << power).Append(LargestDatagram)
            .SelectMany(edge => Enumerable.Range(edge - 2, 5));
        IEnumerable<int> random = Enumerable.Range(0, TestTier.Choose(test: 100, ci: 7000, soak: 0))
            .Select(_ => Random.Shared.Next(Largest));
        return Enumerable.Range(0, 71).Concat(edges).Append(Largest).Concat(random).Distinct();
    }
}
