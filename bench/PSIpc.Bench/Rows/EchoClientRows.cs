using System.Globalization;
using System.Management.Automation;

namespace PSIpc.Bench;

/// <summary>The clients, against the same C server.</summary>
internal sealed class EchoClientRows(Workbench bench) : Family(bench)
{
    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        Load("load-64x1", 1, 64),
        Load("load-64x64", 64, 64),
        Load("load-64x1000", Options.Pick(1000, 100), 64),
        Load("load-64Kx1", 1, 64 << 10),
        new("send", "Send-EchoMessage, one 64 B message", "a no-op cmdlet and the bare socket calls from C#", Goal.AtMost(1.5), Send),
    ];

    private EchoServers Servers => Bench.Servers;

    private Benchmark Load(string name, int connections, int bytes) => new(
        name,
        string.Create(CultureInfo.InvariantCulture, $"Measure-EchoServer as load, {Units.Size(bytes)} × {connections:N0}"),
        "the bench's load generator in C",
        Goal.AtLeast(0.95),
        () =>
        {
            int port = Servers[EchoServers.Epoll].Port;
            double seconds = Options.Pick(1.0, 0.1);
            string script = string.Create(
                CultureInfo.InvariantCulture,
                $"Measure-EchoServer -Port {port} -Connection {connections} -MessageBytes {bytes} -DurationSec {seconds}");
            return new Outcome(Alternation.Run(
                Unit.PerSecond, 1, Options.Pick(9, 2), () => Rate(Cmdlets.Run(script)[0]), () => EchoLoad.Run(port, connections, bytes, seconds).Rate));
        });

    private static double Rate(PSObject measurement) => measurement.Properties["ErrorCount"].Value is 0L
        ? (double)measurement.Properties["Rate"].Value
        : throw new InvalidOperationException($"The load had errors: {measurement.Properties["Errors"].Value}");

    private Outcome Send()
    {
        int port = Servers[EchoServers.Epoll].Port;
        int count = Options.Pick(500, 50);
        byte[] message = [.. Enumerable.Repeat((byte)'x', 64)];
        Cmdlets.Loop own = Cmdlets.Repeat("$null = Send-EchoMessage -Message $message -Port $port", ("message", message), ("port", port));
        Cmdlets.Loop nothing = Cmdlets.Repeat("Invoke-Nothing");
        Pair pair = Alternation.Run(
            Unit.Seconds,
            Options.Pick(5, 2),
            Options.Pick(15, 3),
            () => own.Seconds(count),
            () => nothing.Seconds(count) + BareCalls.ExchangeSeconds(port, message, count));
        return new Outcome(pair, $"{Unit.Bytes.Format(own.Allocated(count))} a call; beside: {Unit.Bytes.Format(nothing.Allocated(count))}");
    }
}
