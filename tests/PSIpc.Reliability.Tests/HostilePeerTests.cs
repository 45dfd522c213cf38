using System.Diagnostics;
using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>
/// Whatever some peers of an echo server do, the others keep at least half their rate, its memory stays bounded, its descriptors return
/// to the start, and it never dies. That it runs out of descriptors and recovers is in <c>EchoPeerTests</c>.
/// </summary>
public sealed class HostilePeerTests
{
    private const double Share = 0.1 / 19;
    private const int Honest = 8;

    // A machine that others keep busy may spoil a comparison, and does not spoil five in a row.
    private const int Attempts = 5;

    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(150);

    public HostilePeerTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The server's memory and descriptors are read from /proc.");

    /// <summary>An attack, who is attacked, how many connections are held or made in a second, and how many MiB they may cost.</summary>
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
    public async Task Honest_clients_keep_half_their_rate(string attack, string kind, int count, int rate, int mebibytes)
    {
        const int Reserve = 1000;
        Assert.SkipWhen(
            EchoServerOptions.DefaultMaxConnections < count + Reserve, $"The descriptor limit (ulimit -n) leaves {EchoServerOptions.DefaultMaxConnections} connections.");
        await using EchoVictim server = await StartAsync(kind, attack == "halfopen" ? "-IdleTimeoutSec 2" : "");
        await RateAsync(server.Endpoint, kind, TimeSpan.FromSeconds(1));
        int descriptors = (await server.WaitForAsync(state => state.Active == 0, "warm and empty")) is not null ? server.Descriptors : 0;
        long memory = server.Memory;
        server.ForgetPeak();

        double alone = 0, beside = 0;
        string did = "";
        int turns = await Soak.Repeat(1, 2, Share, async turn =>
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                (alone, beside, did) = await CompareAsync(server, attack, kind, count, rate, turn);
                if (beside >= alone / 2)
                {
                    break;
                }
            }

            Assert.True(beside >= alone / 2, $"{beside:N0} exchanges a second beside '{attack}', and {alone:N0} without (seed {Soak.Seed}).");
        });

        long grown = server.PeakMemory - memory;
        EchoVictimState state = await server.WaitUntilEmptyAsync(descriptors);
        Soak.Report($"{attack} over {kind} ({did}, {turns} turns): {alone:N0} exchanges a second became {beside:N0} ({beside / alone:P0}); at most {grown / 1048576.0:N1} MiB more; {state}");
        Assert.InRange(grown, long.MinValue, (long)mebibytes << 20);
        Assert.True(kind == "udp" || state.Received >= state.Sent);
        await server.EndAsync();
    }

    [Fact]
    public async Task More_datagrams_than_it_can_take_cost_nothing_but_datagrams()
    {
        await using EchoVictim server = await StartAsync("udp");
        double before = await RateAsync(server.Endpoint, "udp", TimeSpan.FromSeconds(0.5));
        server.ForgetPeak();
        long memory = server.Memory;

        await using (ChildProcess attacker = await AttackAsync(server, "flood", 64, 10_000_000, 0))
        {
            await server.WaitForAsync(state => state.Messages > 100_000, "100,000 datagrams");
            await EndAsync(attacker);
        }

        // What was under way drains, and then it is as it was.
        double after = 0;
        for (int attempt = 0; attempt < Attempts && after < before / 2; attempt++)
        {
            after = await RateAsync(server.Endpoint, "udp", TimeSpan.FromSeconds(0.5));
        }

        EchoVictimState state = await server.ReadStateAsync();
        Soak.Report($"{state.Messages:N0} datagrams: {before:N0} exchanges a second before, {after:N0} after; at most {(server.PeakMemory - memory) >> 20} MiB more");
        Assert.True(after >= before / 2);
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
        const int Each = 100;
        await using EchoVictim server = await StartAsync(kind, "-IdleTimeoutSec 2");
        Assert.True(EchoClient.Send(server.Endpoint, EchoPayload.Pattern(1), Options).Matches);
        int descriptors = (await server.WaitForAsync(state => state.Active == 0, "warm and empty")) is not null ? server.Descriptors : 0;
        var attackers = new List<ChildProcess>();
        try
        {
            foreach (string attack in attacks)
            {
                attackers.Add(await AttackAsync(server, attack, Each, 0, 0));
            }

            await server.WaitForAsync(state => state.Total >= attacks.Length * Each, "all accepted");

            // While they all still hold on to their ends.
            EchoVictimState state = await server.WaitUntilEmptyAsync(descriptors);

            // Neither does the kernel go on for those who take nothing.
            await server.WaitForAsync(_ => !server.HasOrphans(), "nothing left in the kernel");

            Soak.Report($"{kind}: {attacks.Length * Each} connections that did nothing more: {state}");
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

    private static Task<EchoVictim> StartAsync(string kind, string parameters = "") => kind == "message"
        ? EchoVictim.StartAsync("tcp", $"-EchoMode Message {parameters}")
        : EchoVictim.StartAsync(kind, parameters);

    private static async Task<(double Alone, double Beside, string Did)> CompareAsync(EchoVictim server, string attack, string kind, int count, int rate, int turn)
    {
        var alone = new List<double>();
        var beside = new List<double>();
        string did;
        for (int sample = 0; sample < 3; sample++)
        {
            alone.Add(await RateAsync(server.Endpoint, kind, Sample));
        }

        await using (ChildProcess attacker = await AttackAsync(server, attack, count, rate, turn))
        {
            for (int sample = 0; sample < 5; sample++)
            {
                beside.Add(await RateAsync(server.Endpoint, kind, Sample));
            }

            // A peer that takes nothing has what is unsent and what is on the way, and not the 4 MiB that the kernel would give it.
            // How much it receives ahead is the kernel's own choice (tcp_rmem).
            (long toSend, long received) = server.KernelBytes();
            Assert.InRange(toSend, 0, (16L + (2 * count)) << 20);

            // Who comes anew is served, too.
            if (kind != "udp")
            {
                Assert.True(EchoClient.Send(server.Endpoint, EchoPayload.Pattern(100_000), Options).Matches);
            }

            did = $"{toSend >> 20} MiB to send and {received >> 20} received in the kernel, {await EndAsync(attacker)}";
        }

        for (int sample = 0; sample < 2; sample++)
        {
            alone.Add(await RateAsync(server.Endpoint, kind, Sample));
        }

        return (Median(alone), Median(beside), did);
    }

    private static EchoClientOptions Options { get; } = new() { SkipCertificateCheck = true, ConnectTimeout = ChildProcess.Patience, Timeout = ChildProcess.Patience };

    /// <summary>Exchanges a second of clients who keep to the rules, every one of which must succeed.</summary>
    private static Task<double> RateAsync(EchoEndpoint endpoint, string kind, TimeSpan duration) => Task.Run(() =>
    {
        // A message ends with its connection, so in that mode each exchange also makes one.
        if (kind == "message")
        {
            long begun = Stopwatch.GetTimestamp();
            int exchanges = 0;
            do
            {
                Assert.True(EchoClient.Send(endpoint, EchoPayload.Pattern(64), Options).Matches);
                exchanges++;
            }
            while (Stopwatch.GetElapsedTime(begun) < duration);
            return exchanges / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }

        try
        {
            EchoMeasurement measurement = EchoLoad.Run(endpoint, new()
            {
                Connections = Honest,
                Duration = duration,
                SkipCertificateCheck = true,
                ExchangeTimeout = kind == "udp" ? TimeSpan.FromMilliseconds(20) : ChildProcess.Patience,
            });
            Assert.True(kind == "udp" || measurement.ErrorCount == 0, string.Join(", ", measurement.Errors));
            return measurement.Rate;
        }
        catch (IpcException exception) when (exception.Reason == IpcErrorReason.EchoReplyTimeout)
        {
            // Not one reply in all that time is a rate, too.
            return 0;
        }
    });

    private static async Task<ChildProcess> AttackAsync(EchoVictim server, string attack, int count, int rate, int turn)
    {
        string target = server.Endpoint.Transport == EchoTransport.Unix ? server.Endpoint.Address : server.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
        string[] arguments = [attack, target, $"{count}", $"{rate}", $"{Soak.Seed + turn}"];

        // Those who get through a handshake need a TLS library, and C has none.
        ChildProcess attacker = server.Endpoint.Transport == EchoTransport.Tls && attack is ("slowread" or "deaf")
            ? ChildProcess.Start(Tool.Require("python3", "python3"), [Path.Combine(Repository.Root, "tests", "Peers", "hostile_tls.py"), .. arguments])
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

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
