using System.Diagnostics;
using System.Net;
using PSIpc.Sockets;

namespace PSIpc.Echo.Client;

/// <summary>Sends a message to an echo server and says whether it came back.</summary>
public static class EchoClient
{
    /// <summary>
    /// Connects, sends, half-closes and collects until EOF, sending and receiving at the same time, so that no size can deadlock.
    /// It blocks the calling thread, and is cheap for small messages.
    /// </summary>
    /// <param name="endpoint">Where the server is. Every address of a name is tried in order.</param>
    /// <param name="payload">The message; at most 65,507 bytes over UDP.</param>
    /// <param name="options">The defaults when null.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>What came back, also where it is not what went out: see <see cref="EchoReply.Matches"/>.</returns>
    /// <exception cref="IpcException">
    /// There was no connection, it failed, or the reply did not end in time (<see cref="IpcErrorReason"/>'s Echo… names);
    /// but where the reply is already known to be wrong, that is the result, however the connection ended.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static EchoReply Send(
        SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var attempt = new Attempt(endpoint, payload, options);
        EndPoint[] addresses = EndpointResolver.Resolve(endpoint, attempt.ConnectDeadline, attempt.Options.Trace, cancellationToken);
        using ClientConnection connection = PollClientConnection.Serves(endpoint)
            ? EndpointResolver.ConnectFirst(
                endpoint,
                addresses,
                attempt.ConnectDeadline,
                (address, part) => PollClientConnection.Connect(address, part, cancellationToken),
                attempt.Options.Trace)
            : ConnectAsync(attempt, addresses, cancellationToken).GetAwaiter().GetResult();
        attempt.Begin(connection);
        ExchangeResult result = connection.Exchange(
            payload, attempt.Verifier, attempt.Options.HalfClose, attempt.Deadline, attempt.Options.Progress, cancellationToken);
        return attempt.End(connection, result);
    }

    /// <summary>Does what <see cref="Send"/> does, without a thread that waits.</summary>
    /// <inheritdoc cref="Send"/>
    public static async Task<EchoReply> SendAsync(
        SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var attempt = new Attempt(endpoint, payload, options);
        EndPoint[] addresses = await EndpointResolver.ResolveAsync(
            endpoint, attempt.ConnectDeadline, attempt.Options.Trace, cancellationToken).ConfigureAwait(false);
        using AsyncClientConnection connection = await ConnectAsync(attempt, addresses, cancellationToken).ConfigureAwait(false);
        attempt.Begin(connection);
        ExchangeResult result = await connection.ExchangeAsync(
            payload, attempt.Verifier, attempt.Options.HalfClose, attempt.Deadline, attempt.Options.Progress, cancellationToken)
            .ConfigureAwait(false);
        return attempt.End(connection, result);
    }

    private static Task<AsyncClientConnection> ConnectAsync(Attempt attempt, EndPoint[] addresses, CancellationToken cancellationToken) =>
        attempt.Endpoint.Facts.IsDatagram
            ? Task.FromResult<AsyncClientConnection>(new DatagramClientConnection(attempt.Endpoint, addresses, attempt.Options.Trace))
            : StreamClientConnection.ConnectAsync(
                attempt.Endpoint,
                addresses,
                attempt.Options.SkipCertificateCheck,
                attempt.ConnectDeadline,
                attempt.Options.Trace,
                cancellationToken);

    /// <summary>One message on its way: what is asked for, since when, and what became of it.</summary>
    private sealed class Attempt
    {
        private readonly EchoPayload _payload;
        private readonly long _begun = Stopwatch.GetTimestamp();
        private long _connected;

        /// <exception cref="IpcException">Thrown when an option is out of its range, or the message is too large.</exception>
        internal Attempt(SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options)
        {
            ArgumentNullException.ThrowIfNull(endpoint);
            ArgumentNullException.ThrowIfNull(payload);
            Endpoint = endpoint;
            Options = options ?? new EchoClientOptions();
            _payload = payload;
            Check();
            Deadline = Deadline.In(Options.Timeout, _begun);
            ConnectDeadline = Deadline.Earlier(Deadline.In(Options.ConnectTimeout, _begun), Deadline);
            Verifier = new ReplyVerifier(payload, Options.KeepReply);
        }

        internal SocketEndpoint Endpoint { get; }

        internal EchoClientOptions Options { get; }

        internal Deadline Deadline { get; }

        internal Deadline ConnectDeadline { get; }

        internal ReplyVerifier Verifier { get; }

        /// <summary>The connection is there.</summary>
        internal void Begin(ClientConnection connection)
        {
            _connected = Stopwatch.GetTimestamp();
            if (Options.Trace is { } trace)
            {
                string from = connection.LocalEndpoint is { Length: > 0 } local ? $" from {local}" : "";
                string time = Milliseconds(Stopwatch.GetElapsedTime(_begun, _connected));
                trace.Report($"Connected to {connection.RemoteEndpoint}{from} in {time}, by {connection.Means}.");
            }
        }

        /// <summary>The exchange has ended: its reply, or why there is none.</summary>
        /// <exception cref="IpcException">Thrown when the connection failed, and the reply is not known to be wrong.</exception>
        internal EchoReply End(ClientConnection connection, ExchangeResult result)
        {
            TimeSpan roundTrip = Stopwatch.GetElapsedTime(_connected);
            Options.Trace?.Report(
                $"{result.Sent} of {_payload.Length} bytes went out, {Verifier.Received} came back in {Milliseconds(roundTrip)}: "
                + $"{result.End}.");
            if (Verifier.MismatchOffset is null && FindFailure(result) is { } failure)
            {
                throw failure;
            }

            byte[]? bytes = Verifier.TakeBytes();
            return new EchoReply
            {
                Sequence = Options.Sequence,
                Endpoint = Endpoint.ToString(),
                Transport = Endpoint.Transport.ToString(),
                RemoteEndpoint = connection.RemoteEndpoint,
                LocalEndpoint = connection.LocalEndpoint,
                BytesSent = result.Sent,
                BytesReceived = Verifier.Received,
                Matches = Verifier.Matches,
                MismatchOffset = Verifier.MismatchOffset,
                ExpectedByte = Verifier.Expected,
                ActualByte = Verifier.Actual,
                Bytes = bytes,
                Reply = bytes is null ? null : Options.Encoding.GetString(bytes),
                ConnectTime = Stopwatch.GetElapsedTime(_begun, _connected),
                RoundTripTime = roundTrip,
            };
        }

        private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:0.###} ms";

        private void Check()
        {
            Options.Check();
            EndpointResolver.Check(Endpoint);
            if (Endpoint.Facts.IsDatagram && _payload.Length > DatagramClientConnection.MaxBytes)
            {
                throw new IpcException(
                    IpcErrorReason.EchoMessageTooLarge,
                    $"{Endpoint}: the message has {_payload.Length} bytes, and a UDP datagram carries at most "
                    + $"{DatagramClientConnection.MaxBytes}.");
            }

            long most = Array.MaxLength - ReplyVerifier.SurplusBytes;
            if (Options.KeepReply && _payload.Length > most)
            {
                throw new IpcException(
                    IpcErrorReason.EchoMessageTooLarge,
                    $"{Endpoint}: the message has {_payload.Length} bytes, and a reply that is kept has at most {most}.");
            }
        }

        private IpcException? FindFailure(ExchangeResult result)
        {
            string progress = $"{Verifier.Received} of {_payload.Length} bytes came back";
            return result.End switch
            {
                ExchangeOutcome.TimedOut => new IpcException(
                    IpcErrorReason.EchoReplyTimeout,
                    Verifier.HasAll && !Endpoint.Facts.IsDatagram
                        ? $"{Endpoint}: all {_payload.Length} bytes came back, but the server did not answer the half-close with its own "
                            + $"within {Options.Timeout}."
                        : $"{Endpoint}: no whole reply within {Options.Timeout}: {progress}."),
                ExchangeOutcome.Failed => new IpcException(
                    result.Reason == IpcErrorReason.EchoConnectTimeout ? IpcErrorReason.EchoReplyTimeout : result.Reason,
                    $"{Endpoint}: the connection failed after {progress}.",
                    result.NativeErrorCode),
                ExchangeOutcome.EndOfStream when !Verifier.HasAll => new IpcException(
                    IpcErrorReason.EchoConnectionClosed, $"{Endpoint}: the server closed too early: {progress}."),
                _ => null,
            };
        }
    }
}
