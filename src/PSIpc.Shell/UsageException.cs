namespace PSIpc.Shell;

/// <summary>A command line that means nothing.</summary>
internal sealed class UsageException(string message) : Exception(message);
