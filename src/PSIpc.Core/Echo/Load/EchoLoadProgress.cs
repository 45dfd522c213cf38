namespace PSIpc.Echo.Load;

/// <summary>How far a load is.</summary>
/// <param name="Elapsed">The time since all connections were made.</param>
/// <param name="Exchanges">How many exchanges succeeded so far.</param>
/// <param name="Errors">How many failures there were so far.</param>
/// <param name="Rate">Exchanges a second since the last report.</param>
/// <param name="Fraction">How much of the time or the count is done, 0 to 1.</param>
public readonly record struct EchoLoadProgress(TimeSpan Elapsed, long Exchanges, long Errors, double Rate, double Fraction);
