using System.Text;

namespace PSIpc.Bench;

/// <summary>Reading and writing 64 bytes: beside a cmdlet that does nothing, bare calls, and scripts in other ways.</summary>
internal sealed class SharedMemoryRows(Workbench bench) : Family(bench)
{
    private LinePeer? _perl;
    private LinePeer? _python;

    private static readonly int[] s_addresses = [1, 100];
    private static readonly bool[] s_directions = [false, true];

    private enum Way
    {
        View,
        Name,
        Key,
    }

    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        Constant("read-view", "Read-SharedMemory, 64 B, on a connected view", Way.View, writes: false, Goal.AtMost(1.5)),
        Constant("write-view", "Write-SharedMemory, 64 B, on a connected view", Way.View, writes: true, Goal.AtMost(1.5)),
        Constant("read-name", "Read-SharedMemory -Name, 64 B", Way.Name, writes: false, Goal.AtMost(1.8)),
        Constant("write-name", "Write-SharedMemory -Name, 64 B", Way.Name, writes: true, Goal.AtMost(1.8)),
        Bare("read-key", "Read-SharedMemory -Key, 64 B", writes: false),
        Bare("write-key", "Write-SharedMemory -Key, 64 B", writes: true),
        Floor("read-name-floor", Way.Name, writes: false, "open, pread, close"),
        Floor("write-name-floor", Way.Name, writes: true, "open, pwrite, close"),
        Floor("read-key-floor", Way.Key, writes: false, "shmget, shmat, copy, shmdt"),
        Floor("write-key-floor", Way.Key, writes: true, "shmget, shmat, copy, shmdt"),
        .. Scripts("mmf", "MemoryMappedFile in PowerShell", Way.Name, MappedFile),
        .. Scripts("perl", "Perl's shmread or shmwrite", Way.Key, Perl),
        .. Scripts("python", "Python's SharedMemory: open, copy, close", Way.Name, Python),
    ];

    private SharedText Text => Bench.Text;

    private int Count => Options.Pick(2000, 200);

    private int Rounds => Options.Pick(15, 3);

    private int WarmUps => Options.Pick(5, 2);

    private Benchmark Constant(string name, string what, Way way, bool writes, Goal goal) =>
        new(name, what, "a cmdlet that gives a constant string", goal, () =>
        {
            Cmdlets.Loop own = Loop(way, writes);
            Cmdlets.Loop constant = Cmdlets.Repeat("$null = Get-Constant");
            return Measure(own, () => constant.Seconds(Count), constant);
        });

    private Benchmark Bare(string name, string what, bool writes) =>
        new(name, what, "that cmdlet and shmget, shmat, copy, shmdt from C#", Goal.AtMost(1.2), () =>
        {
            Cmdlets.Loop own = Loop(Way.Key, writes);
            Cmdlets.Loop constant = Cmdlets.Repeat("$null = Get-Constant");
            byte[] bytes = Encoding.ASCII.GetBytes(SharedText.Text + '\0');
            return Measure(own, () => constant.Seconds(Count) + BareCalls.CopySeconds(Text.Key, bytes, writes, Count), constant);
        });

    // What the engine and the kernel take alone, in the same place: how far the rows above could come down.
    private Benchmark Floor(string name, Way way, bool writes, string calls) =>
        new(name, $"{(writes ? "Write" : "Read")}-SharedMemory -{way}, 64 B", $"a cmdlet of the same parameters on {calls}", Goal.AtMost(1.2), () =>
        {
            Cmdlets.Loop own = Loop(way, writes);
            Cmdlets.Loop floor = Loop(way, writes, noun: "Bare");
            return Measure(own, () => floor.Seconds(Count), floor);
        });

    // One address a call, and many: the second is what a script with many addresses does.
    private IEnumerable<Benchmark> Scripts(string suffix, string beside, Way way, Func<bool, Func<double>> peer) =>
        from addresses in s_addresses
        from writes in s_directions
        select new Benchmark(
            $"{(writes ? "write" : "read")}-{(addresses > 1 ? "many-" : "")}{suffix}",
            $"{(writes ? "Write" : "Read")}-SharedMemory -{way}, 64 B{(addresses > 1 ? $", {addresses} addresses in a call, each" : "")}",
            beside,
            Goal.Ahead,
            () => Measure(Loop(way, writes, addresses), peer(writes), null, addresses));

    private Outcome Measure(Cmdlets.Loop own, Func<double> peer, Cmdlets.Loop? constant, int addresses = 1)
    {
        int calls = Math.Max(Count / addresses, 1);
        Pair pair = Alternation.Run(Unit.Seconds, WarmUps, Rounds, () => own.Seconds(calls) / addresses, peer);
        string allocated = $"{Unit.Bytes.Format(own.Allocated(calls))} a call";
        return new Outcome(pair, constant is null ? allocated : $"{allocated}; beside: {Unit.Bytes.Format(constant.Allocated(Count))}");
    }

    private Cmdlets.Loop Loop(Way way, bool writes, int addresses = 1, string noun = "SharedMemory")
    {
        (string parameter, object value) = way switch
        {
            Way.View => ("InputObject", Text.View),
            Way.Name => ("Name", Text.Name),
            _ => ("Key", Text.Key),
        };
        return Cmdlets.Repeat(
            writes ? $"Write-{noun} -{parameter} $address -Value $text" : $"$null = Read-{noun} -{parameter} $address",
            ("address", addresses == 1 ? value : Enumerable.Repeat(value, addresses).ToArray()),
            ("text", SharedText.Text));
    }

    private Func<double> MappedFile(bool writes)
    {
        Cmdlets.Loop loop = Cmdlets.Repeat(
            $$"""
            $file = [System.IO.MemoryMappedFiles.MemoryMappedFile]::CreateFromFile($path, [System.IO.FileMode]::Open)
            $accessor = $file.CreateViewAccessor(0, {{SharedText.Bytes}})
            {{(writes
                ? """
                  $bytes = [System.Text.Encoding]::UTF8.GetBytes($text + "`0")
                  $accessor.WriteArray(0, $bytes, 0, $bytes.Length)
                  """
                : $"""
                  $bytes = [byte[]]::new({SharedText.Bytes})
                  $null = $accessor.ReadArray(0, $bytes, 0, $bytes.Length)
                  $null = [System.Text.Encoding]::UTF8.GetString($bytes, 0, [Array]::IndexOf($bytes, [byte]0))
                  """)}}
            $accessor.Dispose()
            $file.Dispose()
            """,
            ("path", $"/dev/shm/{Text.Name}"),
            ("text", SharedText.Text));
        return () => loop.Seconds(Count);
    }

    private Func<double> Perl(bool writes)
    {
        _perl ??= Bench.Own(LinePeer.Start(Programs.Require("perl", "perl"), Programs.Script("shm_loop.pl"), Text.KeyText));
        return () => Ask(_perl, writes);
    }

    private Func<double> Python(bool writes)
    {
        _python ??= Bench.Own(LinePeer.Start(Programs.Require("python3", "python3"), Programs.Script("shm_loop.py"), Text.Name));
        return () => Ask(_python, writes);
    }

    private double Ask(LinePeer peer, bool writes) => peer.Ask($"{(writes ? "write" : "read")} {Count}")[0];
}
