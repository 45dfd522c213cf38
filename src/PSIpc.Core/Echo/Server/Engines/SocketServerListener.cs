using System.Net.Security;
using System.Net.Sockets;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>Connections of a listening socket, with TLS where there is a certificate.</summary>
internal sealed class SocketServerListener(ListeningSocket listener, SslStreamCertificateContext? certificate) : IServerListener
{
    public async Task<ServerChannel> AcceptAsync()
    {
        Socket socket = await listener.Socket.AcceptAsync().ConfigureAwait(false);
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix)
            {
                socket.NoDelay = true;
            }

            var channel = new SocketServerChannel(socket);
            return certificate is null ? channel : new TlsServerChannel(channel, certificate);
        }
        catch (SocketException exception)
        {
            // The peer has gone again already; the listening socket is well.
            socket.Dispose();
            throw new IOException(exception.Message, exception);
        }
    }

    public void Dispose() => listener.Dispose();
}
