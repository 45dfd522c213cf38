using System.Diagnostics;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

[CollectionDefinition(nameof(EchoServerScaleTests), DisableParallelization = true)]
public sealed class EchoServerScaleCollection;

/// <summary>Many connections and many exchanges, with C programs as the peers. They measure memory, so nothing runs beside them.</summary>
[Collection(nameof(EchoServerScaleTests))]
public sealed class EchoServerScaleTests
{
    private static Process Start(string source, params object[] arguments) => Process.Start(
        new ProcessStartInfo(CProgram.Build(source), arguments.Select(argument => argument.ToString()!))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

    [Fact]
    public void Ten_thousand_connections_are_served_and_the_silent_ones_cut_off()
    {
        const int Connections = 10_000;
        const int Silent = 1_000;
        CProgram.Build("tests/Peers/echo_hold.c");
        Assert.SkipWhen(
            EchoServerOptions.DefaultMaxConnections < Connections + 100,
            $"The descriptor limit (ulimit -n) leaves {EchoServerOptions.DefaultMaxConnections} connections.");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using EchoServer server = EchoTestServer.Start("tcp", configure: options => options with { IdleTimeout = TimeSpan.FromSeconds(6) });
        long empty = GC.GetTotalMemory(forceFullCollection: true) - before;
        using Process peer = Start("tests/Peers/echo_hold.c", "127.0.0.1", server.Endpoint.Port, Connections, Silent, 8);
        Assert.Equal("held", peer.StandardOutput.ReadLine());

        Assert.Equal(Connections, server.ActiveConnections);
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before - empty) / Connections;
        Assert.InRange(each, 0, 2048);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes a connection");

        peer.StandardInput.WriteLine();
        string[] result = peer.StandardOutput.ReadToEnd().Split(' ');
        peer.WaitForExit();
        Assert.Equal($"{Silent} 0", $"{result[1]} {result[2].Trim()}");
        Assert.Equal(Silent, server.IdleTimeouts);
        Eventually.True(() => server.ActiveConnections == 0, "all connections closed");
        Assert.Equal(server.BytesReceived, server.BytesSent);
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(64, 64)]
    [InlineData(1, 65_536)]
    [InlineData(16, 1_000_000)]
    public void An_exchange_allocates_nothing(int connections, int bytes)
    {
        using EchoServer server = EchoTestServer.Start("tcp");
        var engine = (EpollEngine)server.Engine;
        for (int round = 0; round < 2; round++)
        {
            long receivedBefore = server.BytesReceived;
            long allocatedBefore = ReadAllocated(engine);
            using Process load = Start("bench/peers/echo_load.c", "127.0.0.1", server.Endpoint.Port, connections, bytes, 1);
            string result = load.StandardOutput.ReadToEnd();
            load.WaitForExit();
            Assert.Equal(0, load.ExitCode);
            if (round == 0)
            {
                // The buffers a load needs are made once.
                continue;
            }

            long exchanges = (server.BytesReceived - receivedBefore) / bytes;
            Assert.True(exchanges > 100, result);
            // A connection is an object, and its table may grow; the exchanges add nothing.
            Assert.InRange(ReadAllocated(engine) - allocatedBefore, 0, (connections * 300) + 20_000);
        }
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
