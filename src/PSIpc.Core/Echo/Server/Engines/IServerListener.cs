using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>Where the connections of a <see cref="StreamEngine"/> come from. Disposing it ends the wait for one.</summary>
internal interface IServerListener : IDisposable
{
    /// <summary>The next connection.</summary>
    Task<ServerChannel> AcceptAsync();
}

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

/// <summary>Connections of a named pipe of Windows, open only to the current user. There is always one instance waiting.</summary>
internal sealed class PipeServerListener : IServerListener
{
    private readonly string _name;
    private NamedPipeServerStream _waiting;

    /// <exception cref="IpcException">Another server has the name.</exception>
    internal PipeServerListener(string name)
    {
        _name = name;
        try
        {
            // Only the first of a name can be made so: another program's pipe is never joined.
            _waiting = Create(PipeOptions.FirstPipeInstance);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw InUse(exception);
        }
    }

    public async Task<ServerChannel> AcceptAsync()
    {
        NamedPipeServerStream pipe = _waiting;
        await pipe.WaitForConnectionAsync().ConfigureAwait(false);
        _waiting = Create(PipeOptions.None);
        return new PipeServerChannel(pipe);
    }

    public void Dispose() => _waiting.Dispose();

    private NamedPipeServerStream Create(PipeOptions more) => new(
        _name,
        PipeDirection.InOut,
        NamedPipeServerStream.MaxAllowedServerInstances,
        // Messages can be empty, which is how a client says that it sends no more.
        OperatingSystem.IsWindows() ? PipeTransmissionMode.Message : PipeTransmissionMode.Byte,
        PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly | more);

    private IpcException InUse(Exception cause) =>
        new(IpcErrorReason.EchoAddressInUse, $"The pipe '{_name}' is in use.", 0, cause);
}
