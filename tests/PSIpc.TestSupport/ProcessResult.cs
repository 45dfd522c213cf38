namespace PSIpc.TestSupport;

/// <summary>What a process left behind.</summary>
/// <param name="ExitCode">128 plus the signal, where one ended it.</param>
/// <param name="Output">What it wrote to the standard output.</param>
/// <param name="Error">What it wrote to the standard error.</param>
public sealed record ProcessResult(int ExitCode, string Output, string Error);
