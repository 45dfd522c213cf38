using System.Net.Sockets;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>A TCP or Unix socket.</summary>
internal sealed class SocketServerChannel(Socket socket) : ServerChannel
{
    private readonly NetworkStream _stream = new(socket);

    internal override Stream Stream => _stream;

    // Asked once, as a closed socket has no answer.
    internal override string RemoteEndpoint { get; } = RemoteEndpoints.Format(socket.RemoteEndPoint);

    internal override bool HasInput => socket.Available > 0;

    internal override Task HalfCloseAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    internal override void SetToReset()
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.LingerState = new LingerOption(true, 0);
        }
    }

    // Not by the stream, which would shut the socket down first: then a reset would come too late.
    public override void Dispose() => socket.Dispose();
}
