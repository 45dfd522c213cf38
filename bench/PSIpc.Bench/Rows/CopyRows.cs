using System.Globalization;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>Copies of much memory beside memcpy into the same segment; all of it is touched before.</summary>
internal sealed class CopyRows(Workbench bench) : Family(bench)
{
    private Segment? _segment;

    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        new("write-large", $"{Units.Size(Bytes)} written, warm", "C memcpy into the same segment", Goal.AtLeast(0.9), () => Measure(writes: true)),
        new("read-large", $"{Units.Size(Bytes)} read into -Destination, warm", "C memcpy from the same segment", Goal.AtLeast(0.9), () => Measure(writes: false)),
    ];

    internal override IEnumerable<Growth> Growths =>
    [
        new(
            "growth-read",
            "Read-SharedMemory into -Destination on a connected view, warm",
            "C memcpy",
            "Size",
            "a byte",
            [.. new[] { 64, 1 << 10, 16 << 10, 256 << 10, 4 << 20, 64 << 20, 1L << 30 }.Where(size => size <= Largest)],
            Units.Size,
            size => Measure(size, writes: false, Options.Pick(7, 2))),
    ];

    private long Bytes => Options.Pick(256L << 20, 16L << 20);

    private long Largest => Options.Pick(1L << 30, 4L << 20);

    private Outcome Measure(bool writes)
    {
        Pair seconds = Measure(Bytes, writes, Options.Pick(11, 3));
        return new Outcome(seconds.Rate(Unit.BytesPerSecond, Bytes));
    }

    private Pair Measure(long size, bool writes, int rounds)
    {
        if (_segment is null || _segment.Size < size)
        {
            _segment = Bench.Own(new Segment(Cmdlets, Math.Max(size, size > Bytes ? Largest : Bytes)));
        }

        var array = new byte[size];
        array.AsSpan().Fill(1);
        Cmdlets.Loop loop = Cmdlets.Repeat(
            writes ? "Write-SharedMemory -InputObject $view -Value $array" : "Read-SharedMemory -InputObject $view -Destination $array",
            ("view", _segment.View),
            ("array", array));

        // Small copies are repeated, so that a turn takes some milliseconds.
        int count = (int)Math.Clamp(Options.Pick(256L << 20, 16L << 20) / size, 1, Options.Pick(2000, 200));
        string request = string.Create(CultureInfo.InvariantCulture, $"{(writes ? "write" : "read")} {size} {count}");
        Segment segment = _segment;
        return Alternation.Run(Unit.Seconds, 2, rounds, () => loop.Seconds(count), () => segment.Peer.Ask(request)[0]);
    }

    /// <summary>A segment, a view of it, and the C program that has it attached.</summary>
    private sealed class Segment : IDisposable
    {
        private readonly Cmdlets _cmdlets;
        private readonly int _key = TestAddress.NextKey();

        internal Segment(Cmdlets cmdlets, long size)
        {
            string program = Programs.C("bench/peers/memcpy_loop.c");
            _cmdlets = cmdlets;
            Size = size;
            cmdlets.Run(string.Create(CultureInfo.InvariantCulture, $"$null = New-SharedMemory -Key {_key} -Size {size}"));
            View = cmdlets.Run($"Connect-SharedMemory -Key {_key}")[0];
            Peer = LinePeer.Start(program, $"{_key}", $"{size}");
        }

        internal long Size { get; }

        internal object View { get; }

        internal LinePeer Peer { get; }

        public void Dispose()
        {
            Peer.Dispose();
            _cmdlets.Run($"Remove-SharedMemory -Key {_key} -Confirm:$false");
        }
    }
}
