using System.Buffers;
using System.Net;
using System.Net.Sockets;
using PSIpc.Sockets;

namespace PSIpc.Echo.Client;

/// <summary>One datagram out, one back.</summary>
internal sealed class DatagramClientConnection : AsyncClientConnection
{
    /// <summary>The most that an IPv4 datagram carries: 65,535 less the headers of IP (20) and UDP (8).</summary>
    internal const int MaxBytes = 65_507;

    // Also a datagram that is too long by a byte is seen to be.
    private const int BufferBytes = MaxBytes + 1;

    private readonly SocketEndpoint _endpoint;
    private readonly EndPoint[] _addresses;
    private readonly IProgress<string>? _trace;
    private int _tried;
    private long _sent;
    private Socket _socket;

    /// <exception cref="IpcException">There is no way to any of the addresses.</exception>
    internal DatagramClientConnection(SocketEndpoint endpoint, EndPoint[] addresses, IProgress<string>? trace)
    {
        _endpoint = endpoint;
        _addresses = addresses;
        _trace = trace;
        _socket = ConnectNext();
    }

    internal override string RemoteEndpoint => _socket.RemoteEndPoint!.ToString()!;

    internal override string LocalEndpoint => _socket.LocalEndPoint!.ToString()!;

    internal override string Means => "datagrams";

    /// <summary>A socket that only its peer's datagrams reach, and to which an ICMP "port unreachable" is an error.</summary>
    /// <exception cref="IpcException">There is no way to this address; the message is a clause about it.</exception>
    internal static Socket ConnectSocket(EndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(address);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw SocketErrors.ConnectFailed(address, exception);
        }
    }

    protected override long Sent => Volatile.Read(ref _sent);

    private protected override async Task<ExchangeResult> RunAsync(
        EchoPayload payload, ReplyVerifier verifier, bool halfClose, Deadline deadline, CancellationToken cancellationToken)
    {
        ExchangeResult result = await ExchangeOnceAsync(payload, verifier, deadline, cancellationToken).ConfigureAwait(false);

        // Only the answer to a datagram shows that no server listens; then the next address is tried.
        while (result is { End: ExchangeOutcome.Failed, Reason: IpcErrorReason.EchoConnectionRefused } && _tried < _addresses.Length)
        {
            _trace?.Report($"{RemoteEndpoint}: no server listens there.");
            _socket.Dispose();
            _socket = ConnectNext();
            result = await ExchangeOnceAsync(payload, verifier, deadline, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    public override void Dispose() => _socket.Dispose();

    private Socket ConnectNext() => EndpointResolver.ConnectFirst(
        _endpoint,
        _addresses[_tried..],
        Deadline.Never,
        (address, _) =>
        {
            _tried++;
            return ConnectSocket(address);
        },
        _trace);

    private async Task<ExchangeResult> ExchangeOnceAsync(
        EchoPayload payload, ReplyVerifier verifier, Deadline deadline, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        using CancellationTokenSource limit = deadline.Limit(cancellationToken);
        _sent = 0;
        try
        {
            _sent = await _socket.SendAsync(payload.Slice(0, buffer)[..(int)payload.Length], limit.Token).ConfigureAwait(false);
            int count = await _socket.ReceiveAsync(buffer, limit.Token).ConfigureAwait(false);
            verifier.Accept(buffer.AsSpan(0, count));
            verifier.End();
            return new ExchangeResult(ExchangeOutcome.EndOfStream, _sent);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ExchangeResult(ExchangeOutcome.TimedOut, _sent);
        }
        catch (SocketException exception)
        {
            return new ExchangeResult(
                ExchangeOutcome.Failed, _sent, SocketErrors.Reason(exception.SocketErrorCode), exception.NativeErrorCode);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
