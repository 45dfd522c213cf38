namespace PSIpc.Bench;

/// <summary>A row of the table, before it is measured.</summary>
/// <param name="Name">What <c>--only</c> chooses it by.</param>
/// <param name="What">What PSIpc does.</param>
/// <param name="Beside">What the peer does.</param>
/// <param name="Goal">What is to be reached.</param>
/// <param name="Measure">Measures it; throws <see cref="MissingPeerException"/> where the peer is not there.</param>
internal sealed record Benchmark(string Name, string What, string Beside, Goal Goal, Func<Outcome> Measure);

/// <summary>What a row gave.</summary>
/// <param name="Pair">The figures.</param>
/// <param name="Allocated">How many bytes of managed memory that took, in words.</param>
internal sealed record Outcome(Pair Pair, string Allocated = "");

/// <summary>A peer is not on this machine, or cannot do what the row asks; the message names it and says why.</summary>
internal sealed class MissingPeerException(string message) : Exception(message);
