namespace PSIpc.Echo.Client;

/// <summary>How an exchange ended, whichever engine moved the bytes.</summary>
internal enum ExchangeOutcome
{
    /// <summary>The peer closed its sending side.</summary>
    EndOfStream,

    /// <summary>Nothing more was waited for: as many bytes came back as went out, or the reply cannot match any more.</summary>
    Enough,

    /// <summary>The time was over.</summary>
    TimedOut,

    /// <summary>The connection failed; the result's reason says how.</summary>
    Failed,
}

/// <summary>What an engine reports of one exchange.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Sent">How many bytes the connection took.</param>
/// <param name="Reason">Why it failed, for <see cref="ExchangeOutcome.Failed"/>.</param>
/// <param name="NativeErrorCode">The system's code for that; 0 where there is none.</param>
internal readonly record struct ExchangeResult(
    ExchangeOutcome End, long Sent, IpcErrorReason Reason = IpcErrorReason.NativeError, int NativeErrorCode = 0);
