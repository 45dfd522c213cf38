using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>A connection as a stream, with what a <see cref="Stream"/> itself cannot do.</summary>
internal abstract class ServerChannel : IDisposable
{
    /// <summary>Where the bytes go in and out.</summary>
    internal abstract Stream Stream { get; }

    /// <summary>Who is on the other side; empty where the system does not say.</summary>
    internal abstract string RemoteEndpoint { get; }

    /// <summary>Whether a read of no bytes waits until there are some, so that an idle connection need not hold a buffer.</summary>
    internal virtual bool WaitsWithoutBuffer => true;

    /// <summary>Whether something has arrived that has not been read.</summary>
    internal abstract bool HasInput { get; }

    /// <summary>Does what comes before the first byte, if anything does.</summary>
    internal virtual Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Tells the peer that no more will come, while it may still send.</summary>
    internal abstract Task HalfCloseAsync();

    /// <summary>Makes closing a reset.</summary>
    internal abstract void SetToReset();

    /// <summary>Closes. Reads and writes under way fail.</summary>
    public abstract void Dispose();
}

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

/// <summary>TLS over a socket. Its half-close is close_notify (RFC 8446, 6.1).</summary>
internal sealed class TlsServerChannel : ServerChannel
{
    private readonly ServerChannel _inner;
    private readonly SslStreamCertificateContext _certificate;
    private readonly SslStream _stream;

    internal TlsServerChannel(ServerChannel inner, SslStreamCertificateContext certificate)
    {
        _inner = inner;
        _certificate = certificate;
        _stream = new SslStream(inner.Stream, leaveInnerStreamOpen: true);
    }

    internal override Stream Stream => _stream;

    internal override string RemoteEndpoint => _inner.RemoteEndpoint;

    internal override bool HasInput => _inner.HasInput;

    internal override Task OpenAsync(CancellationToken cancellationToken) => _stream.AuthenticateAsServerAsync(
        new SslServerAuthenticationOptions { ServerCertificateContext = _certificate }, cancellationToken);

    internal override Task HalfCloseAsync() => _stream.ShutdownAsync();

    internal override void SetToReset() => _inner.SetToReset();

    public override void Dispose()
    {
        // The socket first: a read or write under way waits for it.
        _inner.Dispose();
        _stream.Dispose();
    }
}

/// <summary>
/// A named pipe of Windows. It has no half-close: the peer's is an empty message, which reads as the end, and the server's is to close,
/// which leaves what has been written for the peer to read.
/// </summary>
internal sealed class PipeServerChannel(NamedPipeServerStream pipe) : ServerChannel
{
    internal override Stream Stream => pipe;

    internal override string RemoteEndpoint => "";

    internal override bool WaitsWithoutBuffer => false;

    internal override bool HasInput => false;

    internal override Task HalfCloseAsync() => Task.CompletedTask;

    internal override void SetToReset()
    {
    }

    public override void Dispose() => pipe.Dispose();
}
