using PSIpc.Echo.Client;

namespace PSIpc.Echo.Load;

/// <summary>A connection.</summary>
internal sealed class StreamLoadTransport(ClientStream connection) : LoadTransport
{
    internal override bool KeepsBoundaries => false;

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        connection.Stream.WriteAsync(message, cancellation);

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation) =>
        connection.Stream.ReadAsync(buffer, cancellation);

    public override ValueTask DisposeAsync() => connection.DisposeAsync();
}
