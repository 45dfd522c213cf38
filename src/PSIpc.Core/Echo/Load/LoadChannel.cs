using System.Net.Sockets;

namespace PSIpc;

/// <summary>What <see cref="StreamLoad"/> sends through: a stream, or a socket for datagrams.</summary>
internal abstract class LoadChannel : IAsyncDisposable
{
    /// <summary>Whether a message comes back as one piece, or else is wrong.</summary>
    internal abstract bool KeepsBoundaries { get; }

    internal abstract ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    internal abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A connection.</summary>
internal sealed class LoadStreamChannel(EchoStream connection) : LoadChannel
{
    internal override bool KeepsBoundaries => false;

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        connection.Stream.WriteAsync(message, cancellation);

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation) =>
        connection.Stream.ReadAsync(buffer, cancellation);

    public override ValueTask DisposeAsync() => connection.DisposeAsync();
}

/// <summary>A UDP socket that is connected to the server. After a failure a new one takes its place, so late datagrams are not taken for new ones.</summary>
internal sealed class DatagramChannel(Socket socket) : LoadChannel
{
    internal override bool KeepsBoundaries => true;

    internal override async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        _ = await socket.SendAsync(message, cancellation).ConfigureAwait(false);

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation) =>
        socket.ReceiveAsync(buffer, cancellation);

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
