namespace PSIpc.Commands;

/// <summary>The bound of every -TimeoutSec.</summary>
internal static class WaitLimit
{
    /// <summary>Thirty years and more: from here on a wait is for ever.</summary>
    internal const double MaximumSeconds = 1e9;
}
