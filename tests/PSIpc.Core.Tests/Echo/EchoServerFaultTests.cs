using System.Diagnostics;
using PSIpc.Echo.Server;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class EchoServerFaultTests
{
    public static TheoryData<string> Kinds => ["tcp", "tcp-streams", "unix", "tls"];

    private static EchoServer Start(string kind, EchoFault fault, EchoMode mode = EchoMode.Stream) =>
        EchoTestServer.Start(kind, mode, options => options with { Fault = fault });

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Corrupts_exactly_the_byte_asked_for(string kind)
    {
        foreach (EchoMode mode in Enum.GetValues<EchoMode>())
        {
            foreach (int offset in (int[])[0, 1, 4096, 99_999])
            {
                using EchoServer server = Start(kind, new EchoFault { CorruptByte = offset }, mode);
                byte[] expected = EchoTestServer.Pattern(100_000);
                using var peer = new EchoTestPeer(server.GetEndpoint());
                byte[] reply = peer.Exchange([.. expected], mode);
                expected[offset] ^= 0xff;
                Assert.True(expected.AsSpan().SequenceEqual(reply), $"{mode}, {offset}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Delays_and_chunks_combine(string kind)
    {
        using EchoServer server = Start(kind, new EchoFault { DelayMilliseconds = 40, ChunkBytes = 3, CorruptByte = 4 });
        using var peer = new EchoTestPeer(server.GetEndpoint());
        var watch = Stopwatch.StartNew();
        peer.Send("abcdefgh"u8);
        byte[] echo = peer.Read(8);

        // Three pieces, each after its delay.
        Assert.True(watch.ElapsedMilliseconds >= 3 * 40 - 5, $"{watch.ElapsedMilliseconds} ms");
        Assert.Equal([.. "abcd"u8, (byte)('e' ^ 0xff), .. "fgh"u8], echo);
        peer.HalfClose();
        Assert.Empty(peer.ReadToEnd());
    }

    [Theory]
    [InlineData("tcp", 5)]
    [InlineData("tcp", 0)]
    [InlineData("tcp-streams", 5)]
    [InlineData("tcp-streams", 0)]
    public void Resets_after_so_many_bytes(string kind, int bytes)
    {
        foreach (EchoMode mode in Enum.GetValues<EchoMode>())
        {
            using EchoServer server = Start(kind, new EchoFault { ResetAfterBytes = bytes }, mode);
            using var peer = new EchoTestPeer(server.GetEndpoint());
            peer.Send("0123456789"u8);
            if (mode == EchoMode.Message && bytes > 0)
            {
                peer.HalfClose();
            }

            Assert.Equal("0123456789"u8[..bytes].ToArray(), peer.Read(bytes));
            Assert.True(peer.EndsInReset(), mode.ToString());
            Eventually.True(() => server.ActiveConnections == 0, "closed");
            Assert.Equal((bytes, 0L), (server.BytesSent, server.Errors));
        }
    }

    [Fact]
    public void A_reset_over_a_unix_socket_is_a_close()
    {
        using EchoServer server = Start("unix", new EchoFault { ResetAfterBytes = 3 });
        using var peer = new EchoTestPeer(server.GetEndpoint());
        peer.Send("012"u8);
        Assert.Equal("012"u8.ToArray(), peer.ReadToEnd());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Stalls_after_so_many_bytes_with_the_connection_open(string kind)
    {
        using EchoServer server = Start(kind, new EchoFault { StallAfterBytes = 4 });
        using (var peer = new EchoTestPeer(server.GetEndpoint()))
        {
            peer.Send("0123456789"u8);
            Assert.Equal("0123"u8.ToArray(), peer.Read(4));
            peer.Socket.ReceiveTimeout = 200;
            Assert.Throws<IOException>(() => peer.ReadSome(new byte[10]));
            Assert.Equal((1, 4L), (server.ActiveConnections, server.BytesSent));
        }

        server.Stop(TimeSpan.FromMilliseconds(200));
        Assert.Equal(nameof(EchoServerState.Stopped), server.State);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("tcp-streams")]
    public void Refuses_each_nth_connection(string kind)
    {
        using EchoServer server = Start(kind, new EchoFault { RefuseEvery = 3 });
        for (int index = 1; index <= 9; index++)
        {
            using var peer = new EchoTestPeer(server.GetEndpoint());
            if (index % 3 == 0)
            {
                Assert.True(peer.EndsInReset());
            }
            else
            {
                Assert.Equal("hello"u8.ToArray(), peer.Exchange("hello"u8.ToArray()));
            }
        }

        Assert.Equal((6L, 3L), (server.TotalConnections, server.RefusedConnections));
    }

    [Fact]
    public void Many_delayed_connections_each_get_their_delay()
    {
        using EchoServer server = Start("tcp", new EchoFault { DelayMilliseconds = 1000, ChunkBytes = 4 });
        EchoTestPeer[] peers = [.. Enumerable.Range(0, 100).Select(_ => new EchoTestPeer(server.GetEndpoint()))];
        var watch = Stopwatch.StartNew();
        foreach (EchoTestPeer peer in peers)
        {
            peer.Send("12345678"u8);
        }

        foreach (EchoTestPeer peer in peers)
        {
            Assert.Equal("12345678"u8.ToArray(), peer.Read(8));
            peer.Dispose();
        }

        // All of them wait at the same time: one after the other, they would take 200 s.
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1.99), ChildProcess.Patience);
    }

    [Theory]
    [InlineData(nameof(EchoFault.DelayMilliseconds))]
    [InlineData(nameof(EchoFault.ChunkBytes))]
    [InlineData(nameof(EchoFault.CorruptByte))]
    [InlineData(nameof(EchoFault.ResetAfterBytes))]
    [InlineData(nameof(EchoFault.StallAfterBytes))]
    [InlineData(nameof(EchoFault.RefuseEvery))]
    public void A_value_out_of_range_is_named(string name)
    {
        EchoFault fault = name switch
        {
            nameof(EchoFault.DelayMilliseconds) => new() { DelayMilliseconds = 3_600_001 },
            nameof(EchoFault.ChunkBytes) => new() { ChunkBytes = 0 },
            nameof(EchoFault.CorruptByte) => new() { CorruptByte = -1 },
            nameof(EchoFault.ResetAfterBytes) => new() { ResetAfterBytes = -1 },
            nameof(EchoFault.StallAfterBytes) => new() { StallAfterBytes = -1 },
            _ => new() { RefuseEvery = 0 },
        };
        var exception = Assert.Throws<IpcException>(() => Start("tcp", fault));
        Assert.Equal(IpcErrorReason.EchoFaultInvalid, exception.Reason);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }
}
