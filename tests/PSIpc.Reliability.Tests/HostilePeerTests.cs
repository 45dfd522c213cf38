using System.Diagnostics;
using System.Globalization;
using PSIpc.Echo.Client;
using PSIpc.Echo.Load;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>
/// Whatever some peers of an echo server do, every exchange of the others succeeds, its memory stays bounded, its descriptors return to the
/// start, and it never dies. In a soak they also keep half their rate. That it runs out of descriptors and recovers is in
/// <c>EchoPeerTests</c>.
/// </summary>
public sealed class HostilePeerTests
{
    private const double Share = 0.1 / 19;
    private const int Honest = 8;

    // How many exchanges of the honest are asserted at least, beside each attack.
    private static readonly int Exchanges = TestTier.Choose(test: 200, ci: 2000, soak: 20_000);

    // Of the peers that an attack has in a soak.
    private static readonly int Part = TestTier.Choose(test: 10, ci: 1, soak: 1);

    public HostilePeerTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The server's memory and descriptors are read from /proc.");

    /// <summary>
    /// An attack, who is attacked, how many connections it holds in a soak or makes in a second, and how many MiB they may cost.
    /// </summary>
    public static TheoryData<string, string, int, int, int> Attacks => new()
    {
        { "silent", "tcp", 10_000, 0, 64 },
        { "slowread", "tcp", 200, 0, 64 },
        { "slowwrite", "tcp", 500, 0, 32 },
        { "greedy", "tcp", 100, 0, 64 },
        { "halfclose", "tcp", 500, 0, 32 },
        { "halfopen", "tcp", 0, 500, 32 },
        { "reset", "tcp", 0, 1000, 32 },
        { "storm", "tcp", 0, 3000, 32 },
        { "scan", "tcp", 0, 2000, 32 },
        { "slowwrite", "message", 500, 0, 32 },
        { "reset", "message", 0, 1000, 32 },
        { "silent", "unix", 5000, 0, 64 },
        { "slowread", "unix", 200, 0, 64 },
        { "vanish", "unix", 0, 2000, 32 },
        { "garbage", "tls", 0, 300, 64 },
        { "reset", "tls", 0, 300, 64 },
        { "silent", "tls", 1000, 0, 64 },
        { "slowread", "tls", 100, 0, 64 },
        { "flood", "udp", 64, 10_000, 32 },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Honest_clients_lose_no_exchange(string attack, string kind, int peers, int rate, int mebibytes)
    {
        const int Reserve = 1000;
        int count = peers / Part;
        Assert.SkipWhen(
            EchoServerOptions.DefaultMaxConnections < count + Reserve,
                $"The descriptor limit (ulimit -n) leaves {EchoServerOptions.DefaultMaxConnections} connections.");
        await using EchoServerProcess server = await StartAsync(kind, attack == "halfopen" ? TimeSpan.FromSeconds(2) : null);
        await ExchangeAsync(server.Endpoint, kind, Exchanges);
        int descriptors = (await server.WaitForAsync(state => state.Active == 0, "warm and empty")) is not null ? server.Descriptors : 0;
        long memory = server.Memory;
        server.ForgetPeak();

        string did = "";
        int turns = await Soak.Repeat(
            1, 2, Share, async turn => did = await AttackAndExchangeAsync(server, attack, kind, count, rate, turn));

        long grown = server.PeakMemory - memory;
        EchoServerCounters state = await server.WaitUntilEmptyAsync(descriptors);
        Soak.Report($"{attack} over {kind} ({did}, {turns} turns): at most {grown / 1048576.0:N1} MiB more; {state}");
        Assert.InRange(grown, long.MinValue, (long)mebibytes << 20);
        Assert.True(kind == "udp" || state.Received >= state.Sent);
        await server.EndAsync();
    }

    [Fact]
    public async Task More_datagrams_than_it_can_take_cost_nothing_but_datagrams()
    {
        int datagrams = TestTier.Choose(test: 20_000, ci: 100_000, soak: 100_000);
        await using EchoServerProcess server = await StartAsync("udp");
        await ExchangeAsync(server.Endpoint, "udp", Exchanges);
        server.ForgetPeak();
        long memory = server.Memory;

        await using (ChildProcess attacker = await AttackAsync(server, "flood", 64, 10_000_000, 0))
        {
            await server.WaitForAsync(state => state.Messages > datagrams, $"{datagrams} datagrams");
            await EndAsync(attacker);
        }

        // The datagrams under way drain, and then it is as it was.
        await ExchangeAsync(server.Endpoint, "udp", Exchanges);
        EchoServerCounters state = await server.ReadStateAsync();
        Soak.Report($"{state.Messages:N0} datagrams: at most {(server.PeakMemory - memory) >> 20} MiB more");
        Assert.InRange(server.PeakMemory - memory, long.MinValue, 32 << 20);
        await server.EndAsync();
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("tls")]
    [InlineData("unix")]
    public async Task No_connection_is_kept_for_ever(string kind)
    {
        string[] attacks = ["silent", "deaf", "greedy", "halfclose"];
        int each = TestTier.Choose(test: 25, ci: 100, soak: 100);
        await using EchoServerProcess server = await StartAsync(kind, TimeSpan.FromSeconds(2));
        Assert.True(EchoClient.Send(server.Endpoint, EchoPayload.Pattern(1), Options).Matches);
        int descriptors = (await server.WaitForAsync(state => state.Active == 0, "warm and empty")) is not null ? server.Descriptors : 0;
        var attackers = new List<ChildProcess>();
        try
        {
            foreach (string attack in attacks)
            {
                attackers.Add(await AttackAsync(server, attack, each, 0, 0));
            }

            await server.WaitForAsync(state => state.Total >= attacks.Length * each, "all accepted");

            // While they all still hold on to their ends.
            EchoServerCounters state = await server.WaitUntilEmptyAsync(descriptors);

            // Neither does the kernel go on for those who take nothing.
            await server.WaitForAsync(_ => !server.HasOrphans(), "nothing left in the kernel");

            Soak.Report($"{kind}: {attacks.Length * each} connections that did nothing more: {state}");
            foreach (ChildProcess attacker in attackers)
            {
                await EndAsync(attacker);
            }
        }
        finally
        {
            foreach (ChildProcess attacker in attackers)
            {
                await attacker.DisposeAsync();
            }
        }

        await server.EndAsync();
    }

    private static Task<EchoServerProcess> StartAsync(string kind, TimeSpan? idleTimeout = null) => kind == "message"
        ? EchoServerProcess.StartAsync("tcp", idleTimeout, EchoMode.Message)
        : EchoServerProcess.StartAsync(kind, idleTimeout);

    private static async Task<string> AttackAndExchangeAsync(
        EchoServerProcess server, string attack, string kind, int count, int rate, int turn)
    {
        double alone = TestTier.IsSoak ? await RateAsync(server.Endpoint, kind) : 0;
        EchoServerCounters before = await server.ReadStateAsync();
        await using ChildProcess attacker = await AttackAsync(server, attack, count, rate, turn);

        // Until the attack has done what it does in half a second, however long that takes here.
        int honest = 0, own = 0;
        EchoServerCounters state;
        long begun = Stopwatch.GetTimestamp();
        do
        {
            honest += await ExchangeAsync(server.Endpoint, kind, Exchanges / 2);
            own += kind == "message" ? Exchanges : kind == "udp" ? Exchanges / 2 : Honest;
            state = await server.ReadStateAsync();
            Assert.True(Stopwatch.GetElapsedTime(begun) < ChildProcess.Patience, $"The attack came to nothing: {state}");
        }
        while (honest < Exchanges || (rate > 0 && state.Total + state.Messages - before.Total - before.Messages < own + (rate / 2)));

        // A peer that takes nothing has what is unsent and what is on the way, and not the 4 MiB that the kernel would give it.
        // How much it receives ahead is the kernel's own choice (tcp_rmem).
        (long toSend, long received) = server.KernelBytes();
        Assert.InRange(toSend, 0, (16L + (2 * count)) << 20);

        // A client that comes anew is served, too.
        if (kind != "udp")
        {
            Assert.True(EchoClient.Send(server.Endpoint, EchoPayload.Pattern(100_000), Options).Matches);
        }

        double beside = TestTier.IsSoak ? await RateAsync(server.Endpoint, kind) : 0;
        Assert.True(beside >= alone / 2, $"{beside:N0} exchanges a second beside '{attack}', and {alone:N0} without (seed {Soak.Seed}).");
        return $"{alone:N0} exchanges a second became {beside:N0}; {toSend >> 20} MiB to send and {received >> 20} received in the "
            + $"kernel, {await EndAsync(attacker)}";
    }

    // In a soak only, which has the machine for itself. What else runs spoils a sample, and not five.
    private static async Task<double> RateAsync(SocketEndpoint endpoint, string kind)
    {
        double best = 0;
        for (int sample = 0; sample < 5; sample++)
        {
            long begun = Stopwatch.GetTimestamp();
            int count = await ExchangeAsync(endpoint, kind, Exchanges / 10);
            best = Math.Max(best, count / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        return best;
    }

    private static EchoClientOptions Options { get; } = new()
    {
        SkipCertificateCheck = true,
        ConnectTimeout = ChildProcess.Patience,
        Timeout = ChildProcess.Patience,
    };

    /// <summary>
    /// Lets clients that keep to the rules make so many exchanges, every one of which must succeed; a datagram may be lost.
    /// </summary>
    private static Task<int> ExchangeAsync(SocketEndpoint endpoint, string kind, int count) => Task.Run(() =>
    {
        // A message ends with its connection, so in that mode each exchange also makes one.
        if (kind == "message")
        {
            for (int exchange = 0; exchange < count; exchange++)
            {
                Assert.True(EchoClient.Send(endpoint, EchoPayload.Pattern(64), Options).Matches);
            }

            return count;
        }

        if (kind == "udp")
        {
            // Beside a flood most of them are lost, on a busy machine for seconds.
            var hasty = new EchoLoadOptions { Connections = Honest, Count = count, ExchangeTimeout = TimeSpan.FromMilliseconds(20) };
            long begun = Stopwatch.GetTimestamp();
            while (true)
            {
                try
                {
                    Assert.Empty(EchoLoad.Run(endpoint, hasty).Errors.Keys.Except([nameof(IpcErrorReason.EchoReplyTimeout)]));
                    return count;
                }
                catch (IpcException exception) when (
                    exception.Reason == IpcErrorReason.EchoReplyTimeout && Stopwatch.GetElapsedTime(begun) < ChildProcess.Patience)
                {
                    // Not one came back.
                }
            }
        }

        EchoMeasurement measurement = EchoLoad.Run(endpoint, new()
        {
            Connections = Honest,
            Count = count,
            SkipCertificateCheck = true,
            ConnectTimeout = ChildProcess.Patience,
            ExchangeTimeout = ChildProcess.Patience,
        });
        Assert.Empty(measurement.Errors);
        Assert.Equal(count, measurement.Exchanges);
        return count;
    });

    private static async Task<ChildProcess> AttackAsync(EchoServerProcess server, string attack, int count, int rate, int turn)
    {
        string target = server.Endpoint.Transport == SocketTransport.Unix ? server.Endpoint.Address
            : server.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
        string[] arguments = [attack, target, $"{count}", $"{rate}", $"{Soak.Seed + turn}"];

        // Those who get through a handshake need a TLS library, and C has none.
        ChildProcess attacker = server.Endpoint.Transport == SocketTransport.Tls && attack is ("slowread" or "deaf")
            ? ChildProcess.Start(
                Tool.Require("python3", "python3"), [Path.Combine(Repository.Root, "tests", "Peers", "hostile_tls.py"), .. arguments])
            : ChildProcess.Start(CProgram.Compile("hostile_echo"), arguments);
        string line = await attacker.WaitForLineAsync("listening");
        Assert.Equal(rate > 0 && attack != "flood" ? "listening 0" : $"listening {count}", line);
        return attacker;
    }

    private static async Task<string> EndAsync(ChildProcess attacker)
    {
        attacker.Input.Close();
        ProcessResult result = await attacker.WaitForExitAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output.Trim().Split('\n')[^1];
    }
}
