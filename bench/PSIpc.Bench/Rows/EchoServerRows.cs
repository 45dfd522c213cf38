using System.Globalization;

namespace PSIpc.Bench;

/// <summary>Echo servers under the same load, each in a process of its own.</summary>
internal sealed class EchoServerRows(Workbench bench) : Family(bench)
{
    private const int NcatConnections = 64;

    private static readonly (string Suffix, string Peer)[] s_others =
        [("asyncio", EchoServers.Asyncio), ("fork", EchoServers.Fork), ("socat", EchoServers.Socat), ("ncat", EchoServers.Ncat)];

    private readonly Dictionary<Shape, (Rounds<EchoLoad> Rounds, string Allocated)> _besideEpoll = [];

    /// <summary>A load: how many connections, with messages of how many bytes.</summary>
    private sealed record Shape(string Name, long Connections, int Bytes)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Units.Size(Bytes)} × {Connections:N0}");
    }

    internal override IEnumerable<Benchmark> Benchmarks => Shapes.SelectMany(Rows).Concat(ConnectionRows);

    internal override IEnumerable<Growth> Growths =>
    [
        new(
            "growth-echo",
            "Echo server, 64 B, exchanges a second",
            EchoServers.Epoll,
            "Connections",
            "an exchange",
            Options.Pick<long[]>([1, 10, 100, 1000, 10_000], [1, 10, 100]),
            count => count.ToString("N0", CultureInfo.InvariantCulture),
            count => Measure(EchoServers.Epoll, new Shape("growth", count, 64), Options.Pick(5, 2), Options.Pick(1.0, 0.1)).By(Unit.PerSecond, load => load.Rate)),
    ];

    private Shape[] Shapes =>
    [
        new("echo-64x1", 1, 64),
        new("echo-64x64", Options.Pick(64, 16), 64),
        new("echo-64x1000", Options.Pick(1000, 100), 64),
        new("echo-64Kx1", 1, 64 << 10),
    ];

    private IEnumerable<Benchmark> ConnectionRows =>
    [
        Connections("connect-epoll", EchoServers.Epoll, Goal.AtLeast(0.9)),
        Connections("connect-fork", EchoServers.Fork, Goal.Ahead),
    ];

    private EchoServers Servers => Bench.Servers;

    private IEnumerable<Benchmark> Rows(Shape shape)
    {
        yield return new(shape.Name, $"Echo server, {shape}, rate", EchoServers.Epoll, Goal.AtLeast(1), () =>
        {
            (Rounds<EchoLoad> rounds, string allocated) = BesideEpoll(shape);
            return new Outcome(rounds.By(Unit.PerSecond, load => load.Rate), allocated);
        });
        yield return new(
            $"{shape.Name}-p99",
            $"Echo server, {shape}, p99",
            EchoServers.Epoll,
            Goal.AtMost(1),
            () => new Outcome(BesideEpoll(shape).Rounds.By(Unit.Seconds, load => load.P99)));
        foreach ((string suffix, string peer) in s_others)
        {
            yield return new($"{shape.Name}-{suffix}", $"Echo server, {shape}, rate", peer, Goal.Ahead, () =>
            {
                if (peer == EchoServers.Ncat && shape.Connections > NcatConnections)
                {
                    throw new MissingPeerException("ncat listens with a backlog of 10, and would take minutes to accept so many at once");
                }

                return new Outcome(Measure(peer, shape, Options.Pick(5, 1), Options.Pick(0.5, 0.1)).By(Unit.PerSecond, load => load.Rate));
            });
        }
    }

    private Benchmark Connections(string name, string peer, Goal goal) =>
        new(name, "Connections a second (connect, 64 B, half-close, EOF), 16 at a time", peer, goal, () =>
        {
            double seconds = Options.Pick(1.0, 0.1);
            return new Outcome(Alternation.Run(
                Unit.PerSecond,
                1,
                Options.Pick(9, 2),
                () => EchoLoad.RunConnecting(Servers.OwnPort, 16, 64, seconds).Rate,
                () => EchoLoad.RunConnecting(Servers[peer].Port, 16, 64, seconds).Rate));
        });

    // One run gives the rate and the p99.
    private (Rounds<EchoLoad> Rounds, string Allocated) BesideEpoll(Shape shape)
    {
        if (!_besideEpoll.TryGetValue(shape, out (Rounds<EchoLoad>, string) found))
        {
            found = (Measure(EchoServers.Epoll, shape, Options.Pick(9, 2), Options.Pick(1.0, 0.1)), Allocated(shape));
            _besideEpoll.Add(shape, found);
        }

        return found;
    }

    private Rounds<EchoLoad> Measure(string peer, Shape shape, int rounds, double seconds)
    {
        int port = Servers[peer].Port;
        return Alternation.Run(
            1,
            rounds,
            () => EchoLoad.Run(Servers.OwnPort, shape.Connections, shape.Bytes, seconds),
            () => EchoLoad.Run(port, shape.Connections, shape.Bytes, seconds));
    }

    /// <summary>The bytes allocated an exchange: what a longer load takes more than a shorter one, since connecting is the same.</summary>
    private string Allocated(Shape shape)
    {
        double seconds = Options.Pick(0.5, 0.1);
        (double shortBytes, double shortExchanges) = Spent(shape, seconds);
        (double longBytes, double longExchanges) = Spent(shape, seconds * 3);
        double bytes = (longBytes - shortBytes) / (longExchanges - shortExchanges);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(bytes):F2} B an exchange");
    }

    private (double Bytes, double Exchanges) Spent(Shape shape, double seconds)
    {
        double[] before = Servers.Own.Ask("");
        EchoLoad.Run(Servers.OwnPort, shape.Connections, shape.Bytes, seconds);
        double[] after = Servers.Own.Ask("");
        return (after[0] - before[0], (after[1] - before[1]) / shape.Bytes);
    }
}
