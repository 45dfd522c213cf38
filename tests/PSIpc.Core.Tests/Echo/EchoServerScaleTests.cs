using PSIpc.Echo.Load;
using PSIpc.Echo.Server;
using PSIpc.Echo.Server.Engines;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Many connections and many exchanges. The tests measure memory, so nothing runs beside them.</summary>
[Collection(nameof(NotInParallel))]
public sealed class EchoServerScaleTests
{
    [Fact]
    public async Task Thousands_of_connections_are_served_and_each_costs_little()
    {
        int connections = TestTier.Choose(test: 1000, ci: 10_000, soak: 10_000);
        string hold = CProgram.Compile("tests/Peers/echo_hold.c");
        Assert.SkipWhen(
            EchoServerOptions.DefaultMaxConnections < connections + 100,
            $"The descriptor limit (ulimit -n) leaves {EchoServerOptions.DefaultMaxConnections} connections.");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using EchoServer server = EchoTestServer.Start("tcp");
        long empty = GC.GetTotalMemory(forceFullCollection: true) - before;
        await using var peer = ChildProcess.Start(
            hold, ["127.0.0.1", $"{server.GetEndpoint().Port}", $"{connections}", $"{connections / 10}", "1"]);
        await peer.WaitForLineAsync("held");

        Assert.Equal(connections, server.ActiveConnections);
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before - empty) / connections;

        // It can be less than nothing, where the collector frees what an earlier test left.
        Assert.InRange(each, long.MinValue, 2048);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes a connection");

        await peer.Input.WriteLineAsync();
        peer.Input.Close();
        ProcessResult result = await peer.WaitForExitAsync();
        Assert.EndsWith(" 0 0", result.Output.TrimEnd(), StringComparison.Ordinal);
        Eventually.True(() => server.ActiveConnections == 0, "all connections closed");
        Assert.Equal((server.BytesReceived, 0L, 0L), (server.BytesSent, server.IdleTimeouts, server.Errors));
    }

    [Theory]
    [InlineData(1, 64, 2000)]
    [InlineData(64, 64, 5000)]
    [InlineData(1, 65_536, 1000)]
    [InlineData(16, 1_000_000, 200)]
    public void An_exchange_allocates_nothing(int connections, int bytes, int exchanges)
    {
        using EchoServer server = EchoTestServer.Start("tcp");
        var engine = (EpollEngine)server.Engine;
        var load = new EchoLoadOptions
        {
            Connections = connections,
            MessageBytes = bytes,
            Count = exchanges,
            ExchangeTimeout = ChildProcess.Patience,
        };

        // The first load makes the buffers that it needs, once.
        EchoLoad.Run(server.GetEndpoint(), load, TestContext.Current.CancellationToken);
        long before = ReadAllocated(engine);
        Assert.Equal(exchanges, EchoLoad.Run(server.GetEndpoint(), load, TestContext.Current.CancellationToken).Exchanges);

        // A connection is an object, and its table may grow; the exchanges add nothing.
        Assert.InRange(ReadAllocated(engine) - before, 0, (connections * 300) + 20_000);
    }

    private static long ReadAllocated(EpollEngine engine)
    {
        // The loop publishes its figure when it is woken; two rounds, so that the second began after the first was asked for.
        for (int round = 0; round < 2; round++)
        {
            long rounds = engine.WakeUps;
            engine.Wake();
            Eventually.True(() => engine.WakeUps > rounds, "the loop woke up");
        }

        return engine.AllocatedBytes;
    }
}
