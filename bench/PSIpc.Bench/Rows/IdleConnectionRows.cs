using System.Globalization;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>The memory that connections take which have nothing to do.</summary>
internal sealed class IdleConnectionRows(Workbench bench) : Family(bench)
{
    private const int MostBytes = 2 << 10;

    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        new(
            "idle-memory",
            string.Create(CultureInfo.InvariantCulture, $"Private memory an idle connection, of {Count:N0}"),
            EchoServers.Epoll,
            Goal.Within(MostBytes, $"≤ {Units.Size(MostBytes)} each"),
            () => new Outcome(Alternation.Run(Unit.Bytes, 0, Options.Pick(3, 1), OfOwn, OfEpoll))),
    ];

    private int Count => Options.Pick(10_000, 1_000);

    // A server of its own each time: memory that was given back to no one would count for nothing.
    private double OfOwn()
    {
        using var servers = new EchoServers();
        return Each(servers.Own.ProcessId, servers.OwnPort);
    }

    private double OfEpoll()
    {
        using var servers = new EchoServers();
        ChildProcess peer = servers[EchoServers.Epoll];
        return Each(peer.Id, peer.Port);
    }

    private double Each(int processId, int port)
    {
        EchoLoad.Run(port, 16, 64, 0.3);
        long before = PrivateBytes(processId);
        string[] arguments = [.. new[] { port, Count, 0, 0 }.Select(number => number.ToString(CultureInfo.InvariantCulture))];

        // Each has had one answer when it says that it holds them.
        using var hold = LinePeer.Start(Programs.C("tests/Peers/echo_hold.c"), ["127.0.0.1", .. arguments]);
        long after = PrivateBytes(processId);
        return hold.Ask("")[2] == 0 ? (double)(after - before) / Count : throw new InvalidOperationException("Connections broke.");
    }

    /// <summary>What only this process has in memory (proc_pid_smaps(5)).</summary>
    private static long PrivateBytes(int processId) => 1024 * File.ReadLines($"/proc/{processId}/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
}
