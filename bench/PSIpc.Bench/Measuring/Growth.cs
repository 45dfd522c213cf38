namespace PSIpc.Bench;

/// <summary>How a cost grows with the work, before it is measured.</summary>
/// <param name="Name">What <c>--only</c> chooses it by, and the plot's file name.</param>
/// <param name="Title">What grows.</param>
/// <param name="Beside">What the peer does.</param>
/// <param name="Quantity">What there is more and more of.</param>
/// <param name="Work">What the cost of one is given for.</param>
/// <param name="Steps">How much of it, in ascending order.</param>
/// <param name="Label">A step as text.</param>
/// <param name="Measure">Measures one step.</param>
internal sealed record Growth(
    string Name,
    string Title,
    string Beside,
    string Quantity,
    string Work,
    IReadOnlyList<long> Steps,
    Func<long, string> Label,
    Func<long, Pair> Measure);
