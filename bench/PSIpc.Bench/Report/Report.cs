using System.Globalization;

namespace PSIpc.Bench;

/// <summary>What was measured, as Markdown.</summary>
internal sealed record Report(IReadOnlyList<Row> Rows, IReadOnlyList<GrowthResult> Growths)
{
    private static readonly string[] s_headings = ["Row", "What", "Beside", "PSIpc", "Peer", "Ratio", "Spread", "Goal", "Reached", "Allocated"];

    /// <summary>The peers that are missing, each once with its reason.</summary>
    internal IReadOnlyList<string> Missing =>
        [.. Rows.Select(row => row.Missing).Concat(Growths.Select(growth => growth.Missing)).OfType<string>().Distinct()];

    /// <summary>What went wrong: a row without a figure for which no missing peer is the reason.</summary>
    internal IReadOnlyList<string> Failures =>
    [
        .. Rows.Where(row => row.Failure is not null).Select(row => $"{row.Benchmark.Name}: {row.Failure}"),
        .. Growths.Where(growth => growth.Failure is not null).Select(growth => $"{growth.Growth.Name}: {growth.Failure}"),
    ];

    /// <summary>The one table.</summary>
    internal string Table => MarkdownTable.Format(s_headings, Rows.Select(Cells));

    /// <summary>A growth's own small table.</summary>
    internal static string GrowthTable(GrowthResult result) => result.Pairs.Count == 0
        ? $"Not measured: {result.Missing ?? result.Failure}\n"
        : MarkdownTable.Format(
            [result.Growth.Quantity, "PSIpc", "Beside", "Ratio", $"PSIpc, {result.Growth.Work}"],
            result.Growth.Steps.Zip(result.Pairs, (step, pair) => new[]
            {
                result.Growth.Label(step),
                pair.Unit.Format(pair.Ours),
                pair.Unit.Format(pair.Theirs),
                Ratio(pair.Ratio),
                Unit.Seconds.Format(pair.Unit.IsCost() ? pair.Ours / step : 1 / pair.Ours),
            }));

    private static string[] Cells(Row row)
    {
        Benchmark benchmark = row.Benchmark;
        string[] first = [$"`{benchmark.Name}`", benchmark.What, benchmark.Beside];
        if (row.Outcome is not { } outcome)
        {
            return [.. first, "-", "-", "-", "-", benchmark.Goal.Text, row.Missing is { } missing ? $"missing: {missing}" : $"FAILED: {row.Failure}", ""];
        }

        Pair pair = outcome.Pair;
        return
        [
            .. first,
            pair.Unit.Format(pair.Ours),
            pair.Unit.Format(pair.Theirs),
            Ratio(pair.Ratio),
            Spread(pair),
            benchmark.Goal.Text,
            benchmark.Goal.IsReached(pair) ? "yes" : "no",
            outcome.Allocated,
        ];
    }

    private static string Spread(Pair pair) => !double.IsFinite(pair.Ratio) ? "-" : $"{Ratio(pair.LeastRatio)} - {Ratio(pair.GreatestRatio)}";

    // A peer may take nothing at all.
    private static string Ratio(double ratio) => double.IsFinite(ratio) ? ratio.ToString(ratio < 10 ? "F2" : "N0", CultureInfo.InvariantCulture) : "-";
}
