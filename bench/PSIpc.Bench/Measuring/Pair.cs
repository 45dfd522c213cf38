namespace PSIpc.Bench;

/// <summary>What PSIpc and its peer took or gave, a figure a round each.</summary>
internal sealed class Pair
{
    private readonly double[] _ours;
    private readonly double[] _theirs;
    private readonly double[] _ratios;

    internal Pair(Unit unit, IEnumerable<double> ours, IEnumerable<double> theirs)
    {
        Unit = unit;
        _ours = [.. ours];
        _theirs = [.. theirs];
        _ratios = [.. _ours.Zip(_theirs, (a, b) => a / b).Order()];
    }

    internal Unit Unit { get; }

    /// <summary>PSIpc's median.</summary>
    internal double Ours => Median(_ours);

    /// <summary>The peer's median.</summary>
    internal double Theirs => Median(_theirs);

    /// <summary>The ratio of the medians.</summary>
    internal double Ratio => Ours / Theirs;

    /// <summary>The least of the rounds' own ratios.</summary>
    internal double LeastRatio => _ratios[0];

    /// <summary>The greatest of the rounds' own ratios.</summary>
    internal double GreatestRatio => _ratios[^1];

    /// <summary>Seconds for so much work as a rate.</summary>
    internal Pair Rate(Unit unit, double work) => new(unit, _ours.Select(seconds => work / seconds), _theirs.Select(seconds => work / seconds));

    private static double Median(double[] figures)
    {
        double[] sorted = [.. figures.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
