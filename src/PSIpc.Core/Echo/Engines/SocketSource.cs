using System.Net.Security;
using System.Net.Sockets;

namespace PSIpc;

/// <summary>Connections of a listening socket, with TLS where there is a certificate.</summary>
internal sealed class SocketSource(ListeningSocket listener, SslStreamCertificateContext? certificate) : IStreamSource
{
    public async Task<StreamChannel> AcceptAsync()
    {
        Socket socket = await listener.Socket.AcceptAsync().ConfigureAwait(false);
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix)
            {
                socket.NoDelay = true;
            }

            var channel = new SocketChannel(socket);
            return certificate is null ? channel : new TlsChannel(channel, certificate);
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
