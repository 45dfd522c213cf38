namespace PSIpc.Bench;

/// <summary>Rows that measure with the same things.</summary>
internal abstract class Family(Workbench bench)
{
    internal virtual IEnumerable<Benchmark> Benchmarks => [];

    internal virtual IEnumerable<Growth> Growths => [];

    protected Workbench Bench { get; } = bench;

    protected Options Options => Bench.Options;

    protected Cmdlets Cmdlets => Bench.Cmdlets;
}
