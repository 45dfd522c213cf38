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
    /// <param name="cancellation">Ends it at once.</param>
    /// <returns>What came back, also where it is not what went out: see <see cref="EchoReply.Matches"/>.</returns>
    /// <exception cref="IpcException">
    /// There was no connection, it failed, or the reply did not end in time (<see cref="IpcErrorReason"/>'s Echo… names);
    /// but where the reply is already known to be wrong, that is the result, however the connection ended.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EchoReply Send(
        SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(payload);
        options ??= new EchoClientOptions();
        Check(endpoint, payload, options);

        long begun = Stopwatch.GetTimestamp();
        Deadline deadline = Deadline.In(options.Timeout, begun);
        Deadline connectDeadline = Deadline.Earlier(Deadline.In(options.ConnectTimeout, begun), deadline);
        EndPoint[] addresses = EndpointResolver.Resolve(endpoint, connectDeadline, options.Trace, cancellation);
        using ClientConnection connection = Connect(endpoint, addresses, options, connectDeadline, cancellation);

        long connected = Stopwatch.GetTimestamp();
        options.Trace?.Invoke(
            $"Connected to {connection.RemoteEndpoint}{From(connection)} in {Milliseconds(Stopwatch.GetElapsedTime(begun, connected))}, by {connection.Means}.");
        var verifier = new ReplyVerifier(payload, options.KeepReply);
        ExchangeResult result = connection.Exchange(payload, verifier, options.HalfClose, deadline, options.Progress, cancellation);
        TimeSpan roundTrip = Stopwatch.GetElapsedTime(connected);
        options.Trace?.Invoke(
            $"{result.Sent} of {payload.Length} bytes went out, {verifier.Received} came back in {Milliseconds(roundTrip)}: {result.End}.");

        if (verifier.MismatchOffset is null && Failure(endpoint, payload, options, result, verifier) is { } failure)
        {
            throw failure;
        }

        byte[]? bytes = verifier.TakeBytes();
        return new EchoReply
        {
            Sequence = options.Sequence,
            Endpoint = endpoint.ToString(),
            Transport = endpoint.Transport.ToString(),
            RemoteEndpoint = connection.RemoteEndpoint,
            LocalEndpoint = connection.LocalEndpoint,
            BytesSent = result.Sent,
            BytesReceived = verifier.Received,
            Matches = verifier.Matches,
            MismatchOffset = verifier.MismatchOffset,
            ExpectedByte = verifier.Expected,
            ActualByte = verifier.Actual,
            Bytes = bytes,
            Reply = bytes is null ? null : options.Encoding.GetString(bytes),
            ConnectTime = Stopwatch.GetElapsedTime(begun, connected),
            RoundTripTime = roundTrip,
        };
    }

    private static string From(ClientConnection connection) => connection.LocalEndpoint is { Length: > 0 } local ? $" from {local}" : "";

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:0.###} ms";

    private static void Check(SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions options)
    {
        options.Check();
        EndpointResolver.Check(endpoint);
        if (endpoint.Transport == SocketTransport.Udp && payload.Length > DatagramClientConnection.MaxBytes)
        {
            throw new IpcException(
                IpcErrorReason.EchoMessageTooLarge,
                $"{endpoint}: the message has {payload.Length} bytes, and a UDP datagram carries at most {DatagramClientConnection.MaxBytes}. "
                + "Send less, or use TCP.");
        }

        long most = Array.MaxLength - ReplyVerifier.SurplusBytes;
        if (options.KeepReply && payload.Length > most)
        {
            throw new IpcException(
                IpcErrorReason.EchoMessageTooLarge,
                $"{endpoint}: the message has {payload.Length} bytes, and a reply that is kept at most {most}. "
                + "Verify it without keeping it.");
        }
    }

    private static ClientConnection Connect(
        SocketEndpoint endpoint, EndPoint[] addresses, EchoClientOptions options, Deadline deadline, CancellationToken cancellation) =>
        endpoint.Transport switch
        {
            SocketTransport.Udp => new DatagramClientConnection(endpoint, addresses, options.Trace),
            _ when PollClientConnection.Serves(endpoint) => EndpointResolver.ConnectFirst(
                endpoint, addresses, deadline, (address, part) => PollClientConnection.Connect(address, part, cancellation), options.Trace),
            _ => StreamClientConnection.Connect(endpoint, addresses, options.SkipCertificateCheck, deadline, options.Trace, cancellation),
        };

    private static IpcException? Failure(
        SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions options, ExchangeResult result, ReplyVerifier verifier)
    {
        string progress = $"{verifier.Received} of {payload.Length} bytes came back";
        return result.End switch
        {
            ExchangeOutcome.TimedOut => new IpcException(
                IpcErrorReason.EchoReplyTimeout,
                verifier.HasAll && endpoint.Transport != SocketTransport.Udp
                    ? $"{endpoint}: all {payload.Length} bytes came back, but the server did not close within {options.Timeout}. "
                        + "Try without half-close."
                    : $"{endpoint}: no whole reply within {options.Timeout}: {progress}."),
            ExchangeOutcome.Failed => new IpcException(
                result.Reason == IpcErrorReason.EchoConnectTimeout ? IpcErrorReason.EchoReplyTimeout : result.Reason,
                $"{endpoint}: the connection failed after {progress}.",
                result.NativeErrorCode),
            ExchangeOutcome.EndOfStream when !verifier.HasAll => new IpcException(
                IpcErrorReason.EchoConnectionClosed, $"{endpoint}: the server closed too early: {progress}."),
            _ => null,
        };
    }
}
