using System.Globalization;
using System.Runtime.InteropServices;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>Records of six fields as objects.</summary>
internal sealed class LayoutRows(Workbench bench) : Family(bench)
{
    private const string Declaration = "int32_t id; double value; int64_t ticks; uint16_t kind; float ratio; uint32_t flags;";
    private const string PythonFormat = "@idqHfI0q";
    private const string PythonNames = "id,value,ticks,kind,ratio,flags";

    private Records? _records;

    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        new("layout-python", What, "Python making a dict a record with struct.iter_unpack", Goal.AtMost(1), () => Measure(Python())),
        new("layout-marshal", What, "Marshal.PtrToStructure in a script", Goal.Ahead, () => Measure(Marshalling())),
    ];

    private string What => string.Create(CultureInfo.InvariantCulture, $"Read-SharedMemory -Layout, {Count:N0} records of 6 fields as objects");

    private int Count => Options.Pick(100_000, 5_000);

    private Records All => _records ??= Bench.Own(new Records(Cmdlets, Count));

    private Outcome Measure(Func<double> peer)
    {
        Cmdlets.Loop loop = Cmdlets.Repeat(
            "$records = Read-SharedMemory -InputObject $view -Layout $layout -Count $length",
            ("view", All.View),
            ("layout", Declaration),
            ("length", Count));
        Pair pair = Alternation.Run(Unit.Seconds, Options.Pick(3, 1), Options.Pick(9, 3), () => loop.Seconds(1), peer);
        return new Outcome(pair, $"{Unit.Bytes.Format(loop.Allocated(1) / Count)} a record");
    }

    private Func<double> Python()
    {
        LinePeer python = Bench.Own(LinePeer.Start(
            Programs.Require("python3", "python3"), Programs.Script("records.py"), All.Name, $"{Count}", PythonFormat, PythonNames));
        return () => python.Ask("go")[0];
    }

    private Func<double> Marshalling()
    {
        Cmdlets.Loop loop = Cmdlets.Repeat(
            $$"""
            $records = for ($j = 0; $j -lt $length; $j++) {
                [System.Runtime.InteropServices.Marshal]::PtrToStructure([IntPtr]::Add($address, $j * {{Marshal.SizeOf<SampleRecord>()}}), [type] [PSIpc.Bench.SampleRecord])
            }
            """,
            ("address", All.Copy),
            ("length", Count));
        return () => loop.Seconds(1);
    }

    /// <summary>The records in a POSIX object and a view of it, and once more in this process's own memory.</summary>
    private sealed class Records : IDisposable
    {
        private readonly Cmdlets _cmdlets;

        internal Records(Cmdlets cmdlets, int count)
        {
            _cmdlets = cmdlets;
            SampleRecord[] records = [.. Enumerable.Range(0, count).Select(i => new SampleRecord(i, i / 3.0, i * 1_000_000_007L, (ushort)i, i / 7f, (uint)(i * 31)))];
            byte[] bytes = MemoryMarshal.AsBytes(records.AsSpan()).ToArray();
            Copy = Marshal.AllocHGlobal(bytes.Length);
            Marshal.Copy(bytes, 0, Copy, bytes.Length);
            cmdlets.Run(string.Create(CultureInfo.InvariantCulture, $"$null = New-SharedMemory -Name {Name} -Size {bytes.Length}"));
            View = cmdlets.Run($"Connect-SharedMemory -Name {Name}")[0];
            cmdlets.Repeat("Write-SharedMemory -InputObject $view -Value $bytes", ("view", View), ("bytes", bytes)).Seconds(1);
        }

        internal string Name { get; } = TestAddress.NextName();

        internal object View { get; }

        internal nint Copy { get; }

        public void Dispose()
        {
            _cmdlets.Run($"Remove-SharedMemory -Name {Name} -Confirm:$false");
            Marshal.FreeHGlobal(Copy);
        }
    }
}

/// <summary>The record that a C program would declare.</summary>
/// <param name="Id">int32_t.</param>
/// <param name="Value">double.</param>
/// <param name="Ticks">int64_t.</param>
/// <param name="Kind">uint16_t.</param>
/// <param name="Ratio">float.</param>
/// <param name="Flags">uint32_t.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SampleRecord(int Id, double Value, long Ticks, ushort Kind, float Ratio, uint Flags);
