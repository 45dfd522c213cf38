namespace PSIpc.Echo.Client;

/// <summary>A connection that one message goes through. Each engine is one way of moving its bytes.</summary>
internal abstract class ClientConnection : IDisposable
{
    /// <summary>The longest time between two reports of progress, where there is a progress object.</summary>
    protected const int ProgressMilliseconds = 250;

    internal abstract string RemoteEndpoint { get; }

    internal abstract string LocalEndpoint { get; }

    /// <summary>What moves the bytes, in words.</summary>
    internal abstract string Means { get; }

    /// <summary>Sends the payload and collects at the same time, on the calling thread's time.</summary>
    /// <param name="payload">What is sent.</param>
    /// <param name="verifier">Takes what comes back.</param>
    /// <param name="halfClose">Whether EOF ends the reply; where the transport has no half-close, the message's length does.</param>
    /// <param name="deadline">When it is over in any case.</param>
    /// <param name="progress">Told on the calling thread how many bytes have gone out.</param>
    /// <param name="cancellationToken">Ends it with an <see cref="OperationCanceledException"/>.</param>
    internal abstract ExchangeResult Exchange(
        EchoPayload payload,
        ReplyVerifier verifier,
        bool halfClose,
        Deadline deadline,
        IProgress<long>? progress,
        CancellationToken cancellationToken);

    public abstract void Dispose();
}

/// <summary>A connection whose bytes are moved by asynchronous calls, so that no thread waits for it.</summary>
internal abstract class AsyncClientConnection : ClientConnection
{
    /// <summary>How many bytes have gone out so far; read from any thread.</summary>
    protected abstract long Sent { get; }

    internal sealed override ExchangeResult Exchange(
        EchoPayload payload,
        ReplyVerifier verifier,
        bool halfClose,
        Deadline deadline,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        Task<ExchangeResult> exchange = RunAsync(payload, verifier, halfClose, deadline, cancellationToken);
        while (progress is not null && !((IAsyncResult)exchange).AsyncWaitHandle.WaitOne(ProgressMilliseconds))
        {
            progress.Report(Sent);
        }

        return exchange.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="ClientConnection.Exchange"/>
    /// <summary>Sends the payload and collects at the same time. Progress is told on any thread.</summary>
    internal async Task<ExchangeResult> ExchangeAsync(
        EchoPayload payload,
        ReplyVerifier verifier,
        bool halfClose,
        Deadline deadline,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        Task<ExchangeResult> exchange = RunAsync(payload, verifier, halfClose, deadline, cancellationToken);
        while (progress is not null
            && await Task.WhenAny(exchange, Task.Delay(ProgressMilliseconds, CancellationToken.None)).ConfigureAwait(false) != exchange)
        {
            progress.Report(Sent);
        }

        return await exchange.ConfigureAwait(false);
    }

    private protected abstract Task<ExchangeResult> RunAsync(
        EchoPayload payload, ReplyVerifier verifier, bool halfClose, Deadline deadline, CancellationToken cancellationToken);
}

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
