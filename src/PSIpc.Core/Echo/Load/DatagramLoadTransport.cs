using System.Net.Sockets;

namespace PSIpc.Echo.Load;

/// <summary>
/// A UDP socket that is connected to the server. After a failure a new one takes its place, so late datagrams are not taken for new ones.
/// </summary>
internal sealed class DatagramLoadTransport(Socket socket) : LoadTransport
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
