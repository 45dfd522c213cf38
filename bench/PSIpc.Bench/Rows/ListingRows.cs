using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace PSIpc.Bench;

/// <summary>Listing many segments.</summary>
internal sealed class ListingRows(Workbench bench) : Family(bench)
{
    // The rest of the bench has segments too.
    private const int Reserve = 32;

    private Crowd? _crowd;

    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        new("list", string.Create(CultureInfo.InvariantCulture, $"Get-SharedMemory, {Most:N0} segments"), "ipcs -m as a process", Goal.AtMost(0.5), () => new Outcome(Measure(Most))),
    ];

    internal override IEnumerable<Growth> Growths =>
    [
        new(
            "growth-list",
            "Get-SharedMemory",
            "ipcs -m as a process",
            "Segments",
            "a segment",
            [.. new long[] { 10, 100, 1000 }.Where(count => count < Most), Most],
            count => count.ToString("N0", CultureInfo.InvariantCulture),
            Measure),
    ];

    private long Most => Math.Min(Options.Pick(4000, 400), IpcNamespace.MostSegments - File.ReadLines("/proc/sysvipc/shm").Count() - Reserve + (_crowd?.Count ?? 0));

    private Pair Measure(long count)
    {
        string ipcs = Programs.Require("ipcs", "util-linux");
        _crowd ??= Bench.Own(new Crowd(Cmdlets));
        _crowd.Count = (int)count;
        Cmdlets.Loop loop = Cmdlets.Repeat("$null = Get-SharedMemory");
        return Alternation.Run(Unit.Seconds, 2, Options.Pick(15, 3), () => loop.Seconds(1), () =>
        {
            long begun = Stopwatch.GetTimestamp();
            Programs.Run(ipcs, "-m");
            return Stopwatch.GetElapsedTime(begun).TotalSeconds;
        });
    }

    /// <summary>As many private segments as one wants.</summary>
    private sealed class Crowd(Cmdlets cmdlets) : IDisposable
    {
        private readonly Stack<PSObject> _segments = new();

        internal int Count
        {
            get => _segments.Count;
            set
            {
                if (value > _segments.Count)
                {
                    foreach (PSObject segment in cmdlets.Run($"for ($i = {_segments.Count}; $i -lt {value}; $i++) {{ New-SharedMemory -Private -Size 4KB }}"))
                    {
                        _segments.Push(segment);
                    }
                }
                else if (value < _segments.Count)
                {
                    PSObject[] gone = [.. Enumerable.Range(value, _segments.Count - value).Select(_ => _segments.Pop())];
                    cmdlets.Repeat("$segments | Remove-SharedMemory -Confirm:$false", ("segments", gone)).Seconds(1);
                }
            }
        }

        public void Dispose() => Count = 0;
    }
}
