using System.Globalization;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>
/// Server and clients on two hosts with a bad link between them: what can arrive arrives, what cannot ends in time, and the counters
/// add up.
/// </summary>
public sealed class PartitionTests
{
    private const double Share = 0.05 / 8;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transfer_goes_on_when_a_cut_link_is_healed(bool isSilent)
    {
        const long Size = 32 << 20;
        await using Network network = await Network.StartAsync();
        await using EchoServerProcess server = await StartAsync(network, "tcp");
        int descriptors = server.Descriptors;
        int transfers = 0;
        await Soak.Repeat(1, 3, Share, async _ =>
        {
            // On a busy machine a transfer may be over before the cut: then the next one is cut.
            bool wasCut = false;
            for (int attempt = 0; !wasCut && attempt < 20; attempt++, transfers++)
            {
                await network.SetAsync(0, 1);
                await using ChildProcess client = EchoCaller.Start(network, EchoCaller.Send(server.Endpoint, Size));
                await server.WaitForAsync(state => state.Received > (transfers * Size) + (2 << 20), "in mid-transfer");

                await CutAsync();
                EchoServerCounters during = await WaitForStandstillAsync(server);
                await HealAsync();

                wasCut = during.Active == 1 && during.Received < (transfers + 1) * Size;
                ProcessResult result = await client.WaitForExitAsync();
                Assert.Equal(new ProcessResult(0, "True\n", ""), result);
            }

            Assert.True(wasCut);
        });

        EchoServerCounters state = await server.WaitUntilEmptyAsync(descriptors);
        Assert.Equal((transfers * Size, transfers * Size, transfers, 0L),
            (state.Received, state.Sent, state.Total, state.Errors + state.IdleTimeouts));
        Soak.Report($"{transfers} transfers of {Size >> 20} MiB over a link that was {(isSilent ? "cut" : "down")} for a while: {state}");
        await server.EndAsync();

        Task CutAsync() => isSilent ? network.SetAsync(100) : network.SetInterfaceAsync(up: false);
        Task HealAsync() => isSilent ? network.SetAsync(0, 1) : network.SetInterfaceAsync(up: true);
    }

    [Fact]
    public async Task Behind_a_link_that_stays_cut_everything_ends_in_its_time()
    {
        await using Network network = await Network.StartAsync();
        await using EchoServerProcess server = await StartAsync(network, "tcp", TimeSpan.FromSeconds(2));
        int descriptors = server.Descriptors;
        await network.SetAsync(0, 1);
        SocketEndpoint endpoint = server.Endpoint;
        await using ChildProcess client = EchoCaller.Start(
            network,
            EchoCaller.Send(endpoint, 1 << 30, timeout: 3),
            EchoCaller.Send(endpoint, 1, connectTimeout: 1),
            EchoCaller.Send(SocketEndpoint.Tls(endpoint.Address, endpoint.Port), 1, connectTimeout: 1),
            EchoCaller.Send(SocketEndpoint.Udp(endpoint.Address, endpoint.Port), 1, timeout: 1),
            EchoCaller.Measure(endpoint, 64, "1000", connectTimeout: 1));
        await server.WaitForAsync(state => state.Received > 1 << 20, "in mid-transfer");
        await network.SetAsync(100);

        // The server, which hears nothing at all.
        EchoServerCounters state = await server.WaitUntilEmptyAsync(descriptors);
        Assert.Equal((1L, 1L), (state.Total, state.IdleTimeouts + state.Errors));
        await server.WaitForAsync(_ => !server.HasOrphans(), "nothing left in the kernel");

        ProcessResult result = await client.WaitForExitAsync();
        Assert.Equal("", result.Error);
        string[] expected = ["EchoReplyTimeout 3000", "EchoConnectTimeout 1000", "EchoConnectTimeout 1000", "EchoReplyTimeout 1000",
            "EchoConnectTimeout 1000"];
        string[] actual = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, actual.Length);
        foreach ((string promised, string came) in expected.Zip(actual))
        {
            Assert.Equal(promised.Split(' ')[0], came.Split(' ')[0]);
            Assert.True(Milliseconds(came) >= Milliseconds(promised) - 10, came);
        }

        Soak.Report($"cut for good: {string.Join("; ", actual)}; {state}");
        await server.EndAsync();

        static int Milliseconds(string line) => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(3, 1, 0)]
    [InlineData(0, 20, 0)]
    [InlineData(0, 1, 10)]
    [InlineData(1, 2, 5)]
    public async Task Over_a_bad_link_every_byte_comes_back(double loss, double delay, double jitter)
    {
        const long Size = 1 << 20;
        const int MessageBytes = 1000;
        const int Exchanges = 200;
        await using Network network = await Network.StartAsync();
        await using EchoServerProcess server = await StartAsync(network, "tcp");
        int descriptors = server.Descriptors;
        await network.SetAsync(loss, delay, jitter);
        int turns = await Soak.Repeat(1, 3, Share, async _ =>
        {
            ProcessResult result = await EchoCaller.Start(
                network, EchoCaller.Send(server.Endpoint, Size), EchoCaller.Measure(server.Endpoint, MessageBytes, $"{Exchanges}"))
                    .WaitForExitAsync();
            Assert.Equal(new ProcessResult(0, $"True\n{Exchanges} 0 0 \n", ""), result);
        });

        EchoServerCounters state = await server.WaitUntilEmptyAsync(descriptors);
        long whole = turns * (Size + (Exchanges * MessageBytes));
        Assert.Equal((whole, whole), (state.Received, state.Sent));
        Assert.Equal(turns * 9, state.Total);
        (long requests, long requestsLost, long replies, long repliesLost) = await network.EndAsync();
        Soak.Report($"{loss}% lost, {delay} to {delay + jitter} ms late: {turns * Exchanges} exchanges beside {turns} MiB, {requestsLost + repliesLost} of {requests + requestsLost + replies + repliesLost} packets lost; {state}");
        await server.EndAsync();
    }

    [Fact]
    public async Task A_measurement_counts_what_a_cut_costs_and_goes_on()
    {
        await using Network network = await Network.StartAsync();
        await using EchoServerProcess server = await StartAsync(network, "tcp", TimeSpan.FromSeconds(1));
        int descriptors = server.Descriptors;
        await network.SetAsync(0, 1);
        using var folder = new TemporaryFolder();
        string enough = folder.PathOf("enough");
        await using ChildProcess client = EchoCaller.Start(
            network, EchoCaller.Measure(server.Endpoint, 1000, enough, timeout: 0.5, connectTimeout: 0.5));
        await server.WaitForAsync(state => state.Received > 100_000, "in the middle of it");
        await network.SetAsync(100);
        EchoServerCounters cut = await server.WaitForAsync(state => state.Active == 0, "all connections given up");
        await network.SetAsync(0, 1);
        await server.WaitForAsync(state => state.Received > cut.Received + 100_000, "healed");
        await File.WriteAllTextAsync(enough, "");

        ProcessResult result = await client.WaitForExitAsync();
        Assert.Equal("", result.Error);
        string[] words = result.Output.Trim().Split(' ');
        long[] counts = Numbers(string.Join(' ', words[..3]));
        Assert.True(counts[1] > 0);
        Assert.Empty(words[3..].Except([nameof(IpcErrorReason.EchoReplyTimeout), nameof(IpcErrorReason.EchoConnectTimeout)]));
        EchoServerCounters state = await server.WaitUntilEmptyAsync(descriptors);
        Assert.InRange(state.Received, counts[0] * 1000, counts.Sum() * 1000);
        Assert.InRange(state.Sent, counts[0] * 1000, state.Received);
        Soak.Report($"{counts[0]} exchanges, {counts[1]} errors ({string.Join(", ", words[3..])}), {counts[2]} unfinished; {state}");
        await server.EndAsync();
    }

    [Fact]
    public async Task Of_datagrams_every_one_is_accounted_for()
    {
        await using Network network = await Network.StartAsync();
        await using EchoServerProcess server = await StartAsync(network, "udp");
        await network.SetAsync(10, 1, 5);
        const int Exchanges = 200;
        ProcessResult result = await EchoCaller.Start(network, EchoCaller.Measure(server.Endpoint, 64, $"{Exchanges}", timeout: 0.1))
            .WaitForExitAsync();

        Assert.Equal("", result.Error);
        long[] counts = Numbers(string.Join(' ', result.Output.Split(' ')[..3]));
        Assert.Equal((Exchanges, 0), (counts[0] + counts[1], counts[2]));
        EchoServerCounters state = await WaitForStandstillAsync(server);
        (long requests, long requestsLost, long replies, long repliesLost) = await network.EndAsync();
        Soak.Report($"{counts[0]} exchanges, {counts[1]} time-outs, {counts[2]} unfinished; {requestsLost} requests and {repliesLost} replies lost; {state}");

        Assert.Equal(Exchanges, requests + requestsLost);
        Assert.Equal(requests, state.Messages);
        Assert.Equal(state.Messages, replies + repliesLost);
        Assert.InRange(counts[0], 1, replies);
        Assert.True(counts[1] > 0);
        await server.EndAsync();
    }

    private static Task<EchoServerProcess> StartAsync(Network network, string transport, TimeSpan? idleTimeout = null) =>
        EchoServerProcess.StartAsync(transport, idleTimeout, EchoMode.Stream, Network.ServerAddress, network.OnServer);

    /// <summary>Waits until nothing came or went for half a second.</summary>
    private static async Task<EchoServerCounters> WaitForStandstillAsync(EchoServerProcess server)
    {
        EchoServerCounters before, now = await server.ReadStateAsync();
        do
        {
            before = now;
            await Task.Delay(500, TestContext.Current.CancellationToken);
            now = await server.ReadStateAsync();
        }
        while (now != before);
        return now;
    }

    private static long[] Numbers(string line) =>
        [.. line.Trim().Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
}
