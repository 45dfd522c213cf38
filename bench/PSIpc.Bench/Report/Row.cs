namespace PSIpc.Bench;

/// <summary>A row that was measured, or why it was not.</summary>
/// <param name="Benchmark">What it is.</param>
/// <param name="Outcome">The figures, or null.</param>
/// <param name="Missing">The peer that is missing, where that is why.</param>
/// <param name="Failure">What went wrong, where that is why.</param>
internal sealed record Row(Benchmark Benchmark, Outcome? Outcome, string? Missing = null, string? Failure = null)
{
    internal static Row Measure(Benchmark benchmark)
    {
        try
        {
            return new Row(benchmark, benchmark.Measure());
        }
        catch (MissingPeerException exception)
        {
            return new Row(benchmark, null, Missing: exception.Message);
        }
        catch (Exception exception)
        {
            return new Row(benchmark, null, Failure: exception.Message);
        }
    }
}

/// <summary>A growth that was measured, as far as it was.</summary>
/// <param name="Growth">What it is.</param>
/// <param name="Pairs">The figures of each step.</param>
/// <param name="Missing">The peer that is missing, where that is why there are none.</param>
/// <param name="Failure">What went wrong, where that is why there are none.</param>
internal sealed record GrowthResult(Growth Growth, IReadOnlyList<Pair> Pairs, string? Missing = null, string? Failure = null)
{
    internal static GrowthResult Measure(Growth growth)
    {
        try
        {
            return new GrowthResult(growth, [.. growth.Steps.Select(growth.Measure)]);
        }
        catch (MissingPeerException exception)
        {
            return new GrowthResult(growth, [], Missing: exception.Message);
        }
        catch (Exception exception)
        {
            return new GrowthResult(growth, [], Failure: exception.Message);
        }
    }
}
