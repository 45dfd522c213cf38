using System.Globalization;

namespace PSIpc.Bench;

/// <summary>What a row is to reach; the ratio counts as it is shown, with two decimals.</summary>
internal sealed record Goal(string Text, Func<Pair, bool> IsReached)
{
    /// <summary>Less time or memory than the peer, or a higher rate.</summary>
    internal static Goal Ahead { get; } = new("ahead", pair => pair.Unit.IsCost() ? pair.Ratio < 1 : pair.Ratio > 1);

    internal static Goal AtMost(double ratio) => new($"≤ {Show(ratio)}", pair => Shown(pair) <= ratio);

    internal static Goal AtLeast(double ratio) => new($"≥ {Show(ratio)}", pair => Shown(pair) >= ratio);

    /// <summary>A bound on PSIpc's own figure.</summary>
    internal static Goal Within(double most, string text) => new(text, pair => pair.Ours <= most);

    /// <summary>A ratio, and a difference in seconds.</summary>
    internal static Goal AtMost(double ratio, double more) => new(
        $"≤ {Show(ratio)} and ≤ {Unit.Seconds.Format(more)} more", pair => Shown(pair) <= ratio && pair.Ours - pair.Theirs <= more);

    private static double Shown(Pair pair) => Math.Round(pair.Ratio, 2);

    private static string Show(double ratio) => ratio.ToString("0.0#", CultureInfo.InvariantCulture);
}
