namespace PSIpc.Shell;

/// <summary>Exit codes as pwsh and shells have them.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;
    internal const int Failure = 1;

    /// <summary>EX_USAGE of sysexits.h: pwsh's code for a wrong command line or a missing script.</summary>
    internal const int Usage = 64;

    /// <summary>What a shell reports of a process that a signal ended: 128 and the signal's number.</summary>
    internal const int Interrupted = 130;

    internal const int Terminated = 143;
}
