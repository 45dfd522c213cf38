namespace PSIpc.Bench;

/// <summary>Measures two things in turns, so that whatever else the machine does falls on both.</summary>
internal static class Alternation
{
    /// <summary>Runs both without keeping the figures, then in turns.</summary>
    /// <param name="warmUps">How often both run first; 0 where each round is a fresh process.</param>
    /// <param name="rounds">How many figures each gives.</param>
    /// <param name="ours">PSIpc's turn.</param>
    /// <param name="theirs">The peer's turn.</param>
    internal static Rounds<T> Run<T>(int warmUps, int rounds, Func<T> ours, Func<T> theirs)
    {
        // What was measured before left garbage, which is not for these two to pay.
        GC.Collect();
        var first = new List<T>();
        var second = new List<T>();
        for (int i = -warmUps; i < rounds; i++)
        {
            T a = ours();
            T b = theirs();
            if (i >= 0)
            {
                first.Add(a);
                second.Add(b);
            }
        }

        return new Rounds<T>(first, second);
    }

    /// <summary>The same for one figure a turn.</summary>
    internal static Pair Run(Unit unit, int warmUps, int rounds, Func<double> ours, Func<double> theirs) =>
        Run(warmUps, rounds, ours, theirs).By(unit, figure => figure);
}

/// <summary>What the turns gave.</summary>
internal sealed record Rounds<T>(IReadOnlyList<T> Ours, IReadOnlyList<T> Theirs)
{
    /// <summary>One figure of each turn.</summary>
    internal Pair By(Unit unit, Func<T, double> figure) => new(unit, Ours.Select(figure), Theirs.Select(figure));
}
