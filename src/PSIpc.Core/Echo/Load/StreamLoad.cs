using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PSIpc.Echo.Client;
using PSIpc.Sockets;

namespace PSIpc.Echo.Load;

/// <summary>
/// The load over TLS, named pipes, datagrams, and everything on systems without epoll: an asynchronous loop a connection.
/// </summary>
internal sealed class StreamLoad(LoadRun run, EndPoint[] addresses)
{
    private const int BufferBytes = 64 * 1024;
    private const int ConnectsAtOnce = 64;

    // How late the end, or a cancellation, may be noticed.
    private const int TickMilliseconds = 50;

    /// <exception cref="IpcException">The first connection could not be made.</exception>
    internal void Run(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        LoadTransport?[] transports = OpenAllAsync(stop.Token).GetAwaiter().GetResult();
        run.Start(Stopwatch.GetTimestamp());
        Task workers = Task.WhenAll(transports.Select(
            (transport, index) => Task.Run(() => WorkAsync(index, transport, stop.Token), CancellationToken.None)));
        try
        {
            while (!IsOver())
            {
                workers.Wait(TickMilliseconds, CancellationToken.None);
            }
        }
        finally
        {
            stop.Cancel();
            workers.GetAwaiter().GetResult();
            run.Stop(Stopwatch.GetTimestamp());
        }
    }

    private bool IsOver()
    {
        long now = Stopwatch.GetTimestamp();
        lock (run)
        {
            run.Report(now);
            return run.IsOver(now);
        }
    }

    private async Task<LoadTransport?[]> OpenAllAsync(CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(ConnectsAtOnce);
        // The first one tells how the server is reached; the others would say the same.
        LoadTransport first = await OpenAsync(cancellationToken, run.Options.Trace).ConfigureAwait(false);
        LoadTransport?[] others = await Task.WhenAll(
            Enumerable.Range(1, run.Options.Connections - 1).Select(_ => TryOpenAsync(gate, cancellationToken))).ConfigureAwait(false);
        return [first, .. others];
    }

    private async Task<LoadTransport?> TryOpenAsync(SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IpcException exception)
        {
            Count(exception, isBusy: false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            gate.Release();
        }
    }

    private async ValueTask<LoadTransport> OpenAsync(CancellationToken cancellationToken, IProgress<string>? trace = null)
    {
        var deadline = Deadline.In(run.Options.ConnectTimeout);
        if (run.Endpoint.Facts.IsDatagram)
        {
            return new DatagramLoadTransport(EndpointResolver.ConnectFirst(
                run.Endpoint, addresses, deadline, (address, _) => DatagramClientConnection.ConnectSocket(address), trace));
        }

        return new StreamLoadTransport(await ClientStream.ConnectAsync(
            run.Endpoint, addresses, run.Options.SkipCertificateCheck, deadline, trace, cancellationToken).ConfigureAwait(false));
    }

    private async Task WorkAsync(int index, LoadTransport? transport, CancellationToken stop)
    {
        byte[] buffer = new byte[Math.Min(BufferBytes, run.Options.MessageBytes + 1)];
        var pause = new RetryPause();
        uint sequence = 0;
        while (!stop.IsCancellationRequested)
        {
            bool isBusy = false;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            try
            {
                transport ??= await OpenAsync(stop).ConfigureAwait(false);
                while (TryBegin())
                {
                    isBusy = true;
                    limit.CancelAfter(run.Options.ExchangeTimeout);
                    long begun = Stopwatch.GetTimestamp();
                    await ExchangeAsync(transport, run.Pattern.Message(index, sequence++), buffer, limit.Token).ConfigureAwait(false);
                    Complete(begun, Stopwatch.GetTimestamp());
                    isBusy = false;
                    pause.Reset();
                }

                return;
            }
            catch (Exception exception) when (exception is IpcException or OperationCanceledException or IOException or SocketException)
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                Count(exception, isBusy);
            }
            finally
            {
                if (transport is not null)
                {
                    await transport.DisposeAsync().ConfigureAwait(false);
                    transport = null;
                }
            }

            await Task.Delay(pause.Next(), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (transport is not null)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask ExchangeAsync(
        LoadTransport transport, ReadOnlyMemory<byte> message, byte[] buffer, CancellationToken cancellationToken)
    {
        // Not waited for before reading: a message can be larger than what the connection holds.
        Task sending = transport.SendAsync(message, cancellationToken).AsTask();
        try
        {
            for (int received = 0; received < message.Length;)
            {
                int count = await transport.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count == 0 && !transport.KeepsBoundaries)
                {
                    throw new IpcException(IpcErrorReason.EchoConnectionClosed, "The server closed the connection.");
                }

                bool isTooShort = transport.KeepsBoundaries && count < message.Length;
                if (isTooShort
                    || count > message.Length - received
                    || !buffer.AsSpan(0, count).SequenceEqual(message.Span.Slice(received, count)))
                {
                    throw new IpcException(IpcErrorReason.EchoReplyMismatch, "The echo differs.");
                }

                received += count;
            }
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await sending.ConfigureAwait(false);
    }

    private bool TryBegin()
    {
        lock (run)
        {
            return run.TryBegin();
        }
    }

    private void Complete(long begun, long ended)
    {
        lock (run)
        {
            run.Complete(begun, ended);
        }
    }

    private void Count(Exception exception, bool isBusy)
    {
        IpcErrorReason reason = exception switch
        {
            IpcException own => own.Reason,
            OperationCanceledException => IpcErrorReason.EchoReplyTimeout,
            SocketException socket => SocketErrors.Reason(socket.SocketErrorCode),
            { InnerException: SocketException socket } => SocketErrors.Reason(socket.SocketErrorCode),
            _ => IpcErrorReason.EchoConnectionReset,
        };
        lock (run)
        {
            if (isBusy)
            {
                run.Fail(reason);
            }
            else
            {
                run.FailConnect(reason);
            }
        }
    }
}

/// <summary>What <see cref="StreamLoad"/> sends through: a stream, or a socket for datagrams.</summary>
internal abstract class LoadTransport : IAsyncDisposable
{
    /// <summary>Whether a message comes back as one piece, or else is wrong.</summary>
    internal abstract bool KeepsBoundaries { get; }

    internal abstract ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    internal abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A connection.</summary>
internal sealed class StreamLoadTransport(ClientStream connection) : LoadTransport
{
    internal override bool KeepsBoundaries => false;

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        connection.Stream.WriteAsync(message, cancellationToken);

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        connection.Stream.ReadAsync(buffer, cancellationToken);

    public override ValueTask DisposeAsync() => connection.DisposeAsync();
}

/// <summary>
/// A UDP socket that is connected to the server. After a failure a new one takes its place, so late datagrams are not taken for new ones.
/// </summary>
internal sealed class DatagramLoadTransport(Socket socket) : LoadTransport
{
    internal override bool KeepsBoundaries => true;

    internal override async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        _ = await socket.SendAsync(message, cancellationToken).ConfigureAwait(false);

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        socket.ReceiveAsync(buffer, cancellationToken);

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
