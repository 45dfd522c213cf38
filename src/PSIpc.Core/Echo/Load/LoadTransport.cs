namespace PSIpc.Echo.Load;

/// <summary>What <see cref="StreamLoad"/> sends through: a stream, or a socket for datagrams.</summary>
internal abstract class LoadTransport : IAsyncDisposable
{
    /// <summary>Whether a message comes back as one piece, or else is wrong.</summary>
    internal abstract bool KeepsBoundaries { get; }

    internal abstract ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    internal abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
