using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>Server and clients on two hosts with a bad link between them: what can arrive arrives, what cannot ends in time, and the counters add up.</summary>
public sealed class PartitionTests
{
    private const double Share = 0.05 / 8;

    // How late a time-out may be noticed by a script on a busy machine, in milliseconds.
    private const int Late = 3000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transfer_goes_on_when_a_cut_link_is_healed(bool isSilent)
    {
        const long Size = 32 << 20;
        await using Network network = await Network.StartAsync();
        await using EchoVictim server = await StartAsync(network, "tcp", "-IdleTimeoutSec 30");
        int descriptors = server.Descriptors;
        int turns = await Soak.Repeat(1, 3, Share, async turn =>
        {
            await network.SetAsync(0, 1);
            await using ChildProcess client = Client(network, $"Send-EchoMessage -MessageBytes {Size} {At(server)} -Quiet -TimeoutSec 50");
            await server.WaitForAsync(state => state.Received > (turn * Size) + (2 << 20), "in mid-transfer");

            await CutAsync();
            await Task.Delay(100, TestContext.Current.CancellationToken);
            EchoVictimState before = await server.ReadStateAsync();
            await Task.Delay(1000, TestContext.Current.CancellationToken);
            EchoVictimState during = await server.ReadStateAsync();
            await HealAsync();

            Assert.Equal((1, before.Received), (during.Active, during.Received));
            Assert.InRange(during.Received, 0, ((turn + 1) * Size) - 1);
            ProcessResult result = await client.WaitForExitAsync();
            Assert.Equal(("True\n", ""), (result.Output, result.Error));
        });

        EchoVictimState state = await server.WaitUntilEmptyAsync(descriptors);
        Assert.Equal((turns * Size, turns * Size, turns, 0L), (state.Received, state.Sent, state.Total, state.Errors + state.IdleTimeouts));
        Soak.Report($"{turns} transfers of {Size >> 20} MiB over a link that was {(isSilent ? "cut" : "down")} for a second: {state}");
        await server.EndAsync();

        Task CutAsync() => isSilent ? network.SetAsync(100) : network.SetInterfaceAsync(up: false);
        Task HealAsync() => isSilent ? network.SetAsync(0, 1) : network.SetInterfaceAsync(up: true);
    }

    [Fact]
    public async Task Behind_a_link_that_stays_cut_everything_ends_in_its_time()
    {
        await using Network network = await Network.StartAsync();
        await using EchoVictim server = await StartAsync(network, "tcp", "-IdleTimeoutSec 2");
        int descriptors = server.Descriptors;
        await network.SetAsync(0, 1);
        string at = At(server);
        await using ChildProcess client = Client(
            network,
            $$"""
            function Time([scriptblock] $work) {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                try { $null = & $work } catch { "$($_.FullyQualifiedErrorId) $($watch.ElapsedMilliseconds)" }
            }
            $ErrorActionPreference = 'Stop'
            Time { Send-EchoMessage -MessageBytes 1GB {{at}} -TimeoutSec 3 }
            Time { Send-EchoMessage x {{at}} -ConnectTimeoutSec 1 }
            Time { Send-EchoMessage x {{at}} -Tls -ConnectTimeoutSec 1 }
            Time { Send-EchoMessage x {{at}} -Udp -TimeoutSec 1 }
            Time { Measure-EchoServer {{at}} -ConnectTimeoutSec 1 -DurationSec 30 }
            """);
        await server.WaitForAsync(state => state.Received > 1 << 20, "in mid-transfer");
        await network.SetAsync(100);

        // The server, which hears nothing at all.
        EchoVictimState state = await server.WaitUntilEmptyAsync(descriptors);
        Assert.Equal((1L, 1L), (state.Total, state.IdleTimeouts + state.Errors));
        await server.WaitForAsync(_ => !server.HasOrphans(), "nothing left in the kernel");

        ProcessResult result = await client.WaitForExitAsync();
        Assert.Equal("", result.Error);
        string[] expected = ["EchoReplyTimeout 3000", "EchoConnectTimeout 1000", "EchoConnectTimeout 1000", "EchoReplyTimeout 1000", "EchoConnectTimeout 1000"];
        string[] actual = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, actual.Length);
        foreach ((string promised, string came) in expected.Zip(actual))
        {
            Assert.StartsWith(promised.Split(' ')[0] + ",", came, StringComparison.Ordinal);
            int milliseconds = Milliseconds(promised);
            Assert.InRange(Milliseconds(came), milliseconds - 10, milliseconds + Late);
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
        await using Network network = await Network.StartAsync();
        await using EchoVictim server = await StartAsync(network, "tcp");
        int descriptors = server.Descriptors;
        await network.SetAsync(loss, delay, jitter);
        long exchanges = 0, unfinished = 0;
        int turns = await Soak.Repeat(1, 3, Share, async _ =>
        {
            ProcessResult result = await Client(
                network,
                $$"""
                Send-EchoMessage -MessageBytes {{Size}} {{At(server)}} -Quiet -TimeoutSec 50
                $m = Measure-EchoServer {{At(server)}} -Connection 8 -MessageBytes {{MessageBytes}} -DurationSec 1 -TimeoutSec 50
                "$($m.Exchanges) $($m.Unfinished) $($m.ErrorCount)"
                """).WaitForExitAsync();
            Assert.Equal("", result.Error);
            string[] lines = result.Output.Split('\n');
            Assert.Equal("True", lines[0]);
            long[] counts = Numbers(lines[1]);
            Assert.True(counts[0] > 0);
            Assert.Equal(0, counts[2]);
            exchanges += counts[0];
            unfinished += counts[1];
        });

        EchoVictimState state = await server.WaitUntilEmptyAsync(descriptors);
        long whole = (turns * Size) + (exchanges * MessageBytes);
        Assert.InRange(state.Received, whole, whole + (unfinished * MessageBytes));
        Assert.InRange(state.Sent, whole, state.Received);
        Assert.Equal(turns * 9, state.Total);
        (long requests, long requestsLost, long replies, long repliesLost) = await network.EndAsync();
        Soak.Report($"{loss}% lost, {delay} to {delay + jitter} ms late: {exchanges} exchanges beside {turns} MiB, {requestsLost + repliesLost} of {requests + requestsLost + replies + repliesLost} packets lost; {state}");
        await server.EndAsync();
    }

    [Fact]
    public async Task A_measurement_counts_what_a_cut_costs_and_goes_on()
    {
        await using Network network = await Network.StartAsync();
        await using EchoVictim server = await StartAsync(network, "tcp", "-IdleTimeoutSec 1");
        int descriptors = server.Descriptors;
        await network.SetAsync(0, 1);
        await using ChildProcess client = Client(
            network,
            $$"""
            $m = Measure-EchoServer {{At(server)}} -Connection 8 -MessageBytes 1000 -DurationSec 4 -TimeoutSec 0.5 -ConnectTimeoutSec 0.5
            "$($m.Exchanges) $($m.ErrorCount) $($m.Unfinished) $($m.Errors.Keys)"
            """);
        await server.WaitForAsync(state => state.Received > 100_000, "in the middle of it");
        await network.SetAsync(100);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        EchoVictimState cut = await server.ReadStateAsync();
        await network.SetAsync(0, 1);
        await server.WaitForAsync(state => state.Received > cut.Received + 100_000, "healed");

        ProcessResult result = await client.WaitForExitAsync();
        Assert.Equal("", result.Error);
        string[] words = result.Output.Trim().Split(' ');
        long[] counts = Numbers(string.Join(' ', words[..3]));
        Assert.True(counts[1] > 0);
        Assert.Empty(words[3..].Except([nameof(IpcErrorReason.EchoReplyTimeout), nameof(IpcErrorReason.EchoConnectTimeout)]));
        EchoVictimState state = await server.WaitUntilEmptyAsync(descriptors);
        Assert.InRange(state.Received, counts[0] * 1000, counts.Sum() * 1000);
        Assert.InRange(state.Sent, counts[0] * 1000, state.Received);
        Soak.Report($"{counts[0]} exchanges, {counts[1]} errors ({string.Join(", ", words[3..])}), {counts[2]} unfinished; {state}");
        await server.EndAsync();
    }

    [Fact]
    public async Task Of_datagrams_every_one_is_accounted_for()
    {
        await using Network network = await Network.StartAsync();
        await using EchoVictim server = await StartAsync(network, "udp");
        await network.SetAsync(10, 1, 5);
        ProcessResult result = await Client(
            network,
            $"""
            $m = Measure-EchoServer {At(server)} -Udp -Connection 8 -DurationSec 2 -TimeoutSec 0.1
            "$($m.Exchanges) $($m.ErrorCount) $($m.Unfinished)"
            """).WaitForExitAsync();

        Assert.Equal("", result.Error);
        long[] counts = Numbers(result.Output);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        EchoVictimState state = await server.ReadStateAsync();
        (long requests, long requestsLost, long replies, long repliesLost) = await network.EndAsync();
        Soak.Report($"{counts[0]} exchanges, {counts[1]} time-outs, {counts[2]} unfinished; {requestsLost} requests and {repliesLost} replies lost; {state}");

        // What was under way when the time was up may not have gone out yet.
        Assert.InRange(requests + requestsLost, counts[0] + counts[1], counts.Sum());
        Assert.Equal(requests, state.Messages);
        Assert.Equal(state.Messages, replies + repliesLost);
        Assert.InRange(counts[0], 1, replies);
        Assert.True(counts[1] > 0);
        await server.EndAsync();
    }

    private static Task<EchoVictim> StartAsync(Network network, string transport, string parameters = "") =>
        EchoVictim.StartAsync(transport, parameters, Network.ServerAddress, network.OnServer);

    private static ChildProcess Client(Network network, string command)
    {
        string[] line = [.. network.OnClient, Pwsh.Path, .. Pwsh.Command(command)];
        return ChildProcess.Start(line[0], line[1..]);
    }

    private static string At(EchoVictim server) => string.Create(CultureInfo.InvariantCulture, $"-Address {server.Endpoint.Address} -Port {server.Endpoint.Port}");

    private static long[] Numbers(string line) => [.. line.Trim().Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
}
