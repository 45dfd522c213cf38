using System.Buffers;
using System.Net;
using System.Net.Sockets;
using PSIpc.Interop;
using PSIpc.Sockets;

namespace PSIpc.Echo.Client;

/// <summary>Plain TCP and Unix sockets on Linux: poll(2) on the calling thread, with no task or thread in between.</summary>
internal sealed class PollClientConnection : ClientConnection
{
    private const int BufferBytes = 64 * 1024;

    private readonly ClientSocket _socket;
    private readonly EndPoint _address;

    private PollClientConnection(ClientSocket socket, EndPoint address)
    {
        _socket = socket;
        _address = address;
    }

    /// <summary>Whether the endpoint is a plain stream socket that this system's readiness loops can serve.</summary>
    internal static bool Serves(SocketEndpoint endpoint) =>
        OperatingSystem.IsLinux() && endpoint.Transport is SocketTransport.Tcp or SocketTransport.Unix or SocketTransport.Pipe;

    internal override string RemoteEndpoint => _address.ToString()!;

    internal override string LocalEndpoint => _address.AddressFamily == AddressFamily.Unix ? string.Empty : _socket.LocalName(_address);

    internal override string Means => "poll(2) on the calling thread";

    /// <exception cref="IpcException">There is no connection; the message is a clause about this one address.</exception>
    internal static PollClientConnection Connect(EndPoint address, Deadline deadline, CancellationToken cancellationToken) =>
        new(ConnectSocket(address, deadline, cancellationToken), address);

    /// <inheritdoc cref="Connect"/>
    internal static ClientSocket ConnectSocket(EndPoint address, Deadline deadline, CancellationToken cancellationToken)
    {
        SocketAddress bytes = address.Serialize();
        var pause = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ClientSocket? socket = ClientSocket.Connect(bytes, out NativeError error);
            try
            {
                if (error.Code == Errno.EINPROGRESS)
                {
                    error = Await(socket!, deadline, cancellationToken);
                }

                if (error.Code == Errno.None)
                {
                    ClientSocket connected = socket!;
                    socket = null;
                    return connected;
                }
            }
            finally
            {
                socket?.Dispose();
            }

            // A Unix socket with a full backlog: there is nothing to wait on but time (connect(2)).
            if (error.Code != Errno.EAGAIN)
            {
                throw SocketErrors.ConnectFailed(address, error);
            }

            if (deadline.HasPassed)
            {
                throw SocketErrors.ConnectTimedOut();
            }

            cancellationToken.WaitHandle.WaitOne(pause);
            pause = SocketErrors.NextPause(pause);
        }
    }

    internal override ExchangeResult Exchange(
        EchoPayload payload,
        ReplyVerifier verifier,
        bool halfClose,
        Deadline deadline,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration wake = WakeOn(_socket, cancellationToken);
        byte[]? scratch = payload.IsInMemory ? null : ArrayPool<byte>.Shared.Rent(BufferBytes);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            return Exchange(payload, verifier, halfClose, deadline, progress, scratch, buffer, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (scratch is not null)
            {
                ArrayPool<byte>.Shared.Return(scratch);
            }
        }
    }

    public override void Dispose() => _socket.Dispose();

    private ExchangeResult Exchange(
        EchoPayload payload, ReplyVerifier verifier, bool halfClose, Deadline deadline, IProgress<long>? progress,
        byte[]? scratch, byte[] buffer, CancellationToken cancellationToken)
    {
        long sent = 0;
        bool sending = true;
        bool writable = true;
        NativeError reset = default;
        ReadOnlyMemory<byte> chunk = default;
        while (halfClose || !verifier.HasAll)
        {
            while (sending && writable)
            {
                if (chunk.IsEmpty && sent < payload.Length)
                {
                    chunk = payload.Slice(sent, scratch);
                }

                if (chunk.IsEmpty)
                {
                    sending = false;
                    if (halfClose)
                    {
                        _socket.ShutdownSend();
                    }

                    break;
                }

                int taken = _socket.Send(chunk.Span, out NativeError error);
                if (taken >= 0)
                {
                    sent += taken;
                    chunk = chunk[taken..];

                    // More to send: the other direction comes first.
                    writable = sent == payload.Length;
                    continue;
                }

                // The peer takes no more; what it said before is still to be read.
                sending = error.Code is Errno.EAGAIN or Errno.EINTR;

                // The kernel tells a reset once: told to send, recv sees nothing but an end.
                reset = error.Code == Errno.ECONNRESET ? error : reset;
                writable = false;
            }

            progress?.Report(sent);
            int patience = deadline.Milliseconds;
            if (progress is not null && patience is (< 0 or > ProgressMilliseconds))
            {
                patience = ProgressMilliseconds;
            }

            int ready = _socket.Poll(sending ? PollH.POLLIN | PollH.POLLOUT : PollH.POLLIN, patience);
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.HasPassed)
            {
                return new ExchangeResult(ExchangeOutcome.TimedOut, sent);
            }

            writable = (ready & PollH.POLLOUT) != 0;
            if ((ready & ~PollH.POLLOUT) != 0)
            {
                int count = _socket.Receive(buffer, out NativeError error);
                if (count == 0)
                {
                    return reset.Code == Errno.None
                        ? new ExchangeResult(ExchangeOutcome.EndOfStream, sent)
                        : new ExchangeResult(ExchangeOutcome.Failed, sent, SocketErrors.Reason(reset), reset.Raw);
                }

                if (count < 0 && error.Code is not (Errno.EAGAIN or Errno.EINTR))
                {
                    return new ExchangeResult(ExchangeOutcome.Failed, sent, SocketErrors.Reason(error), error.Raw);
                }

                if (count > 0 && !verifier.Accept(buffer.AsSpan(0, count)))
                {
                    break;
                }
            }
        }

        return new ExchangeResult(ExchangeOutcome.Enough, sent);
    }

    private static NativeError Await(ClientSocket socket, Deadline deadline, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration wake = WakeOn(socket, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (socket.Poll(PollH.POLLOUT, deadline.Milliseconds) != 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return socket.TakeError();
            }

            if (deadline.HasPassed)
            {
                throw SocketErrors.ConnectTimedOut();
            }
        }
    }

    private static CancellationTokenRegistration WakeOn(ClientSocket socket, CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static socket => ((ClientSocket)socket!).ShutdownBoth(), socket);
}
