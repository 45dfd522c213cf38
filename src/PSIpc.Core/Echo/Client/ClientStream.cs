using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PSIpc.Interop;
using PSIpc.Sockets;

namespace PSIpc.Echo.Client;

/// <summary>A connection as a <see cref="Stream"/>: TLS, named pipes, and plain sockets where there is no readiness loop.</summary>
internal sealed class ClientStream : IAsyncDisposable
{
    private readonly Socket? _socket;

    private ClientStream(Stream stream, Socket? socket, string remoteEndpoint)
    {
        Stream = stream;
        _socket = socket;
        RemoteEndpoint = remoteEndpoint;
        LocalEndpoint = socket is { AddressFamily: not AddressFamily.Unix } ? socket.LocalEndPoint!.ToString()! : string.Empty;
    }

    internal Stream Stream { get; }

    internal string RemoteEndpoint { get; }

    internal string LocalEndpoint { get; }

    /// <summary>What moves the bytes, in words.</summary>
    internal string Means => Stream is SslStream tls
        ? $"{tls.SslProtocol} with {tls.NegotiatedCipherSuite} over a socket"
        : "an asynchronous stream";

    /// <summary>
    /// Ends only the sending side: a FIN, TLS's close_notify (RFC 8446, 6.1), or on a named pipe of Windows, which has no half-close,
    /// an empty message.
    /// </summary>
    /// <exception cref="IOException">The pipe's other side is gone.</exception>
    internal async ValueTask HalfCloseAsync(CancellationToken cancellationToken)
    {
        if (Stream is SslStream tls)
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }

        if (Stream is NamedPipeClientStream pipe)
        {
            NativeResult written = await Task.Run(
                () => Kernel32.WriteNothing(pipe.SafePipeHandle, cancellationToken), CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (!written.IsSuccess)
            {
                throw new IOException(written.Error.ToString());
            }
        }
        else
        {
            _socket!.Shutdown(SocketShutdown.Send);
        }
    }

    /// <exception cref="IpcException">There is no connection, or the server's certificate is not to be trusted.</exception>
    internal static async ValueTask<ClientStream> ConnectAsync(
        SocketEndpoint endpoint,
        EndPoint[] addresses,
        bool skipCertificateCheck,
        Deadline deadline,
        IProgress<string>? trace,
        CancellationToken cancellationToken)
    {
        if (endpoint.Transport == SocketTransport.Pipe && endpoint.SocketPath is null)
        {
            return await ConnectPipeAsync(endpoint, deadline, cancellationToken).ConfigureAwait(false);
        }

        Socket socket = await EndpointResolver.ConnectFirstAsync(
            endpoint, addresses, deadline, (address, part) => ConnectSocketAsync(address, part, cancellationToken), trace)
                .ConfigureAwait(false);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (endpoint.Transport == SocketTransport.Tls)
            {
                stream = await AuthenticateAsync(endpoint, stream, skipCertificateCheck, deadline, cancellationToken).ConfigureAwait(false);
            }

            return new ClientStream(stream, socket, socket.RemoteEndPoint?.ToString() ?? endpoint.Address);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private static async ValueTask<Socket> ConnectSocketAsync(EndPoint address, Deadline deadline, CancellationToken cancellationToken)
    {
        bool unix = address.AddressFamily == AddressFamily.Unix;
        var pause = TimeSpan.FromMilliseconds(1);
        using CancellationTokenSource limit = deadline.Limit(cancellationToken);
        while (true)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
            try
            {
                if (!unix)
                {
                    socket.NoDelay = true;
                }

                await socket.ConnectAsync(address, limit.Token).ConfigureAwait(false);
                return socket;
            }
            catch (Exception exception)
            {
                socket.Dispose();
                switch (exception)
                {
                    case OperationCanceledException when !cancellationToken.IsCancellationRequested:
                        throw SocketErrors.ConnectTimedOut();
                    case SocketException { SocketErrorCode: SocketError.WouldBlock } when unix:
                        // A full backlog: there is nothing to wait on but time (connect(2)).
                        await Task.Delay(pause, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        pause = SocketErrors.NextPause(pause);
                        break;
                    case SocketException failure:
                        throw SocketErrors.ConnectFailed(address, failure);
                    default:
                        throw;
                }
            }
        }
    }

    private static async ValueTask<ClientStream> ConnectPipeAsync(
        SocketEndpoint endpoint, Deadline deadline, CancellationToken cancellationToken)
    {
        var pipe = new NamedPipeClientStream(".", endpoint.Address, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            // It waits for a pipe that is not there yet: a name without a server is a timeout.
            await pipe.ConnectAsync(deadline.Milliseconds, cancellationToken).ConfigureAwait(false);
            return new ClientStream(pipe, null, endpoint.Address);
        }
        catch (Exception exception)
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw exception switch
            {
                TimeoutException => new IpcException(
                    IpcErrorReason.EchoConnectTimeout, $"{endpoint}: no server took the connection within the time for it.", 0, exception),
                UnauthorizedAccessException => new IpcException(
                    IpcErrorReason.EchoAccessDenied, $"{endpoint}: this user may not open the pipe.", 0, exception),
                IOException => new IpcException(
                    IpcErrorReason.NativeError, $"{endpoint}: {exception.Message}", exception.HResult, exception),
                _ => exception,
            };
        }
    }

    private static async ValueTask<Stream> AuthenticateAsync(
        SocketEndpoint endpoint, Stream transport, bool skipCertificateCheck, Deadline deadline, CancellationToken cancellationToken)
    {
        string rejected = string.Empty;
        var tls = new SslStream(transport);
        using CancellationTokenSource limit = deadline.Limit(cancellationToken);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = endpoint.Address,
                    RemoteCertificateValidationCallback = (_, _, chain, errors) =>
                    {
                        rejected = Describe(errors, chain);
                        return skipCertificateCheck || errors == SslPolicyErrors.None;
                    },
                },
                limit.Token).ConfigureAwait(false);
            return tls;
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw exception switch
            {
                OperationCanceledException when !cancellationToken.IsCancellationRequested => new IpcException(
                    IpcErrorReason.EchoConnectTimeout, $"{endpoint}: the TLS handshake did not end within the time for it.", 0, exception),
                AuthenticationException when rejected.Length > 0 && !skipCertificateCheck => new IpcException(
                    IpcErrorReason.EchoCertificateRejected,
                    $"{endpoint}: the server's certificate is not to be trusted: {rejected}.",
                    0,
                    exception),
                AuthenticationException or IOException => new IpcException(
                    IpcErrorReason.EchoCertificateRejected, $"{endpoint}: the TLS handshake failed: {exception.Message}", 0, exception),
                _ => exception,
            };
        }
    }

    private static string Describe(SslPolicyErrors errors, X509Chain? chain)
    {
        if (errors == SslPolicyErrors.None)
        {
            return string.Empty;
        }

        IEnumerable<string> links = chain?.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')) ?? [];
        return string.Join("; ", links.Prepend(errors.ToString()).Distinct());
    }
}
