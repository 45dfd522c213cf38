namespace PSIpc;

/// <summary>A connection that one message goes through. Each engine is one way of moving its bytes.</summary>
internal abstract class ClientConnection : IDisposable
{
    internal abstract string RemoteEndpoint { get; }

    internal abstract string LocalEndpoint { get; }

    /// <summary>Sends the payload and collects at the same time, on the calling thread's time.</summary>
    /// <param name="payload">What is sent.</param>
    /// <param name="verifier">Takes what comes back.</param>
    /// <param name="halfClose">Whether EOF ends the reply; where the transport has no half-close, the message's length does.</param>
    /// <param name="deadline">When it is over in any case.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    internal abstract ExchangeResult Exchange(
        EchoPayload payload, ReplyVerifier verifier, bool halfClose, Deadline deadline, CancellationToken cancellation);

    public abstract void Dispose();
}
