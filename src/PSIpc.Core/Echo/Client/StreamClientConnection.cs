using System.Buffers;
using System.Net;
using System.Net.Sockets;
using PSIpc.Sockets;

namespace PSIpc.Echo.Client;

/// <summary>A message over a stream: one loop sends while another collects, so neither waits for the other.</summary>
internal sealed class StreamClientConnection(ClientStream connection) : AsyncClientConnection
{
    private const int BufferBytes = 64 * 1024;

    private long _sent;
    private SocketException? _resetWhileSending;

    internal override string RemoteEndpoint => connection.RemoteEndpoint;

    internal override string LocalEndpoint => connection.LocalEndpoint;

    internal override string Means => connection.Means;

    /// <exception cref="IpcException">There is no connection, or the server's certificate is not to be trusted.</exception>
    internal static async Task<AsyncClientConnection> ConnectAsync(
        SocketEndpoint endpoint,
        EndPoint[] addresses,
        bool skipCertificateCheck,
        Deadline deadline,
        IProgress<string>? trace,
        CancellationToken cancellationToken) => new StreamClientConnection(
            await ClientStream.ConnectAsync(endpoint, addresses, skipCertificateCheck, deadline, trace, cancellationToken)
                .ConfigureAwait(false));

    protected override long Sent => Volatile.Read(ref _sent);

    public override void Dispose() => connection.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private protected override async Task<ExchangeResult> RunAsync(
        EchoPayload payload, ReplyVerifier verifier, bool halfClose, Deadline deadline, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = deadline.Limit(cancellationToken);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        Task sending = SendAsync(payload, halfClose, enough.Token);
        try
        {
            ExchangeOutcome end = await ReceiveAsync(verifier, halfClose, limit.Token).ConfigureAwait(false);
            if (end != ExchangeOutcome.EndOfStream || verifier.HasAll)
            {
                return new ExchangeResult(end, _sent);
            }

            // A socket tells of a reset once: when the sending loop heard of it, the receiving one only sees an end.
            await enough.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(false);
            return _resetWhileSending is { } reset
                ? new ExchangeResult(ExchangeOutcome.Failed, _sent, IpcErrorReason.EchoConnectionReset, reset.NativeErrorCode)
                : new ExchangeResult(end, _sent);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ExchangeResult(ExchangeOutcome.TimedOut, _sent);
        }
        catch (IOException exception)
        {
            var cause = exception.InnerException as SocketException;
            IpcErrorReason reason = cause is null ? IpcErrorReason.EchoConnectionReset : SocketErrors.Reason(cause.SocketErrorCode);
            return new ExchangeResult(ExchangeOutcome.Failed, _sent, reason, cause?.NativeErrorCode ?? 0);
        }
        finally
        {
            await enough.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(false);
        }
    }

    private async Task SendAsync(EchoPayload payload, bool halfClose, CancellationToken cancellationToken)
    {
        byte[]? scratch = payload.IsInMemory ? null : ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (_sent < payload.Length)
            {
                ReadOnlyMemory<byte> chunk = payload.Slice(_sent, scratch);
                chunk = chunk[..Math.Min(chunk.Length, BufferBytes)];
                await connection.Stream.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
                _sent += chunk.Length;
            }

            if (halfClose)
            {
                await connection.HalfCloseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // Why it failed, and what came back before, is for the receiving loop to find out.
            var cause = exception as SocketException ?? exception.InnerException as SocketException;
            _resetWhileSending = cause?.SocketErrorCode == SocketError.ConnectionReset ? cause : null;
        }
        finally
        {
            if (scratch is not null)
            {
                ArrayPool<byte>.Shared.Return(scratch);
            }
        }
    }

    private async Task<ExchangeOutcome> ReceiveAsync(ReplyVerifier verifier, bool halfClose, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (halfClose || !verifier.HasAll)
            {
                int count = await connection.Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    return ExchangeOutcome.EndOfStream;
                }

                if (!verifier.Accept(buffer.AsSpan(0, count)))
                {
                    break;
                }
            }

            return ExchangeOutcome.Enough;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
