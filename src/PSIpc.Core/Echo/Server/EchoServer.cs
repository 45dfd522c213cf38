using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using PSIpc.Echo.Server.Engines;
using PSIpc.Echo.Server.Sessions;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server;

/// <summary>
/// A server that sends back what it receives (RFC 862). It serves on its own threads from <see cref="Start(EchoServerOptions)"/> until
/// it is stopped or the process ends, which leaves neither a listening socket nor a socket file. All members can be used from any
/// thread.
/// </summary>
/// <remarks>
/// The first use of this type installs handlers of SIGTERM and SIGHUP (<see cref="PosixSignalRegistration"/>), which stop every server
/// without draining, because from .NET 10 on these signals end a process without <see cref="AppDomain.ProcessExit"/>. The handlers do not
/// cancel the signal, and do nothing when a handler that was registered later has canceled it. They stay as long as the process lives.
/// SIGKILL cannot be handled: it leaves the file of a Unix socket, which the next server at that path replaces.
/// </remarks>
public sealed class EchoServer : IDisposable, IAsyncDisposable
{
    // How long closing what is left may take after the deadline, before Stop gives up waiting for it.
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(10);

    private static readonly ConcurrentDictionary<int, EchoServer> Live = new();
    private static int _lastId;

    private readonly EchoServerContext _service;
    private readonly SocketEndpoint _endpoint;
    private readonly Task _completion;
    private int _state = (int)EchoServerState.Listening;

    // From .NET 10 on a termination signal ends a process without ProcessExit. Kept for as long as the process lives.
    private static readonly PosixSignalRegistration[] TerminationSignals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTermination),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnTermination),
        ];

    static EchoServer() => AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAll();

    private EchoServer(EchoServerContext service, SocketEndpoint endpoint, IEchoEngine engine)
    {
        _service = service;
        _endpoint = endpoint;
        Engine = engine;
        Id = Interlocked.Increment(ref _lastId);
        Live[Id] = this;
        _completion = CompleteAsync();
    }

    /// <summary>Every server of this process that has not been stopped, by ID.</summary>
    public static IReadOnlyList<EchoServer> All => [.. Live.Values.OrderBy(server => server.Id)];

    /// <summary>The server's number in this process, from 1.</summary>
    public int Id { get; }

    /// <summary>Gets the endpoint that it listens on, with the port that the system chose: <c>tcp://127.0.0.1:7007</c>.</summary>
    public string Endpoint => _endpoint.ToString();

    /// <summary>Gets what carries the bytes: the name of a <see cref="SocketTransport"/>.</summary>
    public string Transport => _endpoint.Transport.ToString();

    /// <summary>The port that it listens on; 0 where the transport has no ports.</summary>
    public int Port => _endpoint.Port;

    /// <summary>Gets when it answers: the name of an <see cref="EchoMode"/>.</summary>
    public string Mode => _service.Options.Mode.ToString();

    /// <summary>Gets its state: the name of an <see cref="EchoServerState"/>.</summary>
    public string State => ((EchoServerState)Volatile.Read(ref _state)).ToString();

    /// <summary>What made the server fail, when it is <see cref="EchoServerState.Faulted"/>.</summary>
    public Exception? Error { get; private set; }

    /// <summary>When it began to listen, in local time.</summary>
    public DateTime StartTime { get; } = DateTime.Now;

    /// <summary>How many connections it has now.</summary>
    public int ActiveConnections => (int)Read(ref _service.Counters.ActiveConnections);

    /// <summary>How many connections it has served, those it has now included. Datagrams are no connections.</summary>
    public long TotalConnections => Read(ref _service.Counters.TotalConnections);

    /// <summary>
    /// How many connections it reset: over the connection limit or the message bound, or by a fault. Over UDP, datagrams ignored.
    /// </summary>
    public long RefusedConnections => Read(ref _service.Counters.RefusedConnections);

    /// <summary>How many bytes it received.</summary>
    public long BytesReceived => Read(ref _service.Counters.BytesReceived);

    /// <summary>How many bytes it sent back.</summary>
    public long BytesSent => Read(ref _service.Counters.BytesSent);

    /// <summary>How many whole messages it received, in <see cref="EchoMode.Message"/> and over UDP; a stream has none.</summary>
    public long Messages => Read(ref _service.Counters.Messages);

    /// <summary>How many connections it closed because nothing moved.</summary>
    public long IdleTimeouts => Read(ref _service.Counters.IdleTimeouts);

    /// <summary>How many connections ended by an error: reset by the peer, or a failed TLS handshake.</summary>
    public long Errors => Read(ref _service.Counters.Errors);

    /// <summary>How often it stopped accepting for a while, because the process or the system had no descriptor left.</summary>
    public long AcceptPauses => Read(ref _service.Counters.AcceptPauses);

    /// <summary>Whether it does so now. Connections wait in the backlog meanwhile.</summary>
    public bool IsAcceptPaused => Engine.IsAcceptPaused;

    /// <summary>
    /// What moves its bytes: <c>epoll</c>, <c>asynchronous streams</c> (TLS, and where there is no epoll) or <c>datagrams</c>.
    /// </summary>
    public string EngineName => Engine.Name;

    /// <summary>For tests, and for its name.</summary>
    internal IEchoEngine Engine { get; }

    /// <summary>Returns the endpoint that it listens on, for a client of this process.</summary>
    public SocketEndpoint GetEndpoint() => _endpoint;

    /// <summary>Starts a server, which is listening when this returns.</summary>
    /// <param name="options">What it is to do.</param>
    /// <exception cref="IpcException">
    /// An option is out of its range, the certificate has no key, the host name cannot be resolved, the address is not this machine's
    /// or is in use, this user may not listen there, or the path is taken by a file that isn't a socket.
    /// </exception>
    public static EchoServer Start(EchoServerOptions options) => Start(options, usesStreams: false);

    /// <summary>Starts a server, with the engine of other systems where a test asks for it.</summary>
    internal static EchoServer Start(EchoServerOptions options, bool usesStreams)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var service = new EchoServerContext(options);
        (IEchoEngine engine, SocketEndpoint endpoint) = EchoEngineFactory.Start(service, usesStreams);
        return new EchoServer(service, endpoint, engine);
    }

    /// <summary>The server with this ID, or null.</summary>
    /// <param name="id">A value of <see cref="Id"/>.</param>
    public static EchoServer? Find(int id) => Live.GetValueOrDefault(id);

    /// <summary>Follows what the server receives from now on. Without a reader nothing is copied.</summary>
    /// <param name="capacity">How many messages are kept for a slow reader, at least 1.</param>
    /// <param name="maxBytes">How many bytes those may have together, at least 1; a larger message is kept as the only one.</param>
    /// <returns>The messages, for the caller to dispose; of a stopped server, none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A bound is below 1.</exception>
    public EchoSubscription Receive(int capacity = 1024, long maxBytes = 64 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        return _service.Receivers.Add(capacity, maxBytes);
    }

    /// <summary>Stops, and waits on the calling thread: see <see cref="StopAsync"/>.</summary>
    /// <param name="drain">How long connections may take to finish; zero aborts them.</param>
    /// <param name="cancellationToken">Ends the wait; the server goes on stopping.</param>
    /// <exception cref="ArgumentOutOfRangeException">Thrown when the time is negative.</exception>
    /// <exception cref="IpcException">
    /// Thrown when closing what was left took more than 10 seconds (<see cref="IpcErrorReason.WaitTimeout"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was canceled.</exception>
    public void Stop(TimeSpan drain, CancellationToken cancellationToken = default) =>
        StopAsync(drain, cancellationToken).GetAwaiter().GetResult();

    /// <summary>
    /// Stops listening at once, and removes the socket file. Replies under way are finished, and peers with nothing under way are told that
    /// no more will come (a half-close); when the time is up, what is left is aborted. Stopping again can only shorten the time.
    /// </summary>
    /// <param name="drain">How long connections may take to finish; zero aborts them.</param>
    /// <param name="cancellationToken">Ends the wait; the server goes on stopping.</param>
    /// <exception cref="ArgumentOutOfRangeException">Thrown when the time is negative.</exception>
    /// <exception cref="IpcException">
    /// Thrown when closing what was left took more than 10 seconds (<see cref="IpcErrorReason.WaitTimeout"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">Thrown when the wait was canceled.</exception>
    public async Task StopAsync(TimeSpan drain, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(drain, TimeSpan.Zero);
        Interlocked.CompareExchange(ref _state, (int)EchoServerState.Draining, (int)EchoServerState.Listening);
        double milliseconds = Math.Min(drain.TotalMilliseconds, int.MaxValue);
        Engine.Stop(Environment.TickCount64 + (long)milliseconds);
        try
        {
            await _completion.WaitAsync(TimeSpan.FromMilliseconds(milliseconds) + CloseGrace, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new IpcException(
                IpcErrorReason.WaitTimeout,
                $"{Endpoint}: closing the connections took more than {CloseGrace.TotalSeconds} s after the time to finish.",
                0,
                exception);
        }

        Live.TryRemove(Id, out _);
    }

    /// <summary>Stops without draining.</summary>
    public void Dispose() => Stop(TimeSpan.Zero);

    /// <summary>Stops without draining.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    /// <summary>The endpoint and the state.</summary>
    public override string ToString() => $"{DisplayText.Escape(Endpoint.ToString())} ({State})";

    private static long Read(ref long counter) => Interlocked.Read(ref counter);

    // Handlers run in the reverse order of their registration: one that came later may have decided that the process lives on.
    private static void OnTermination(PosixSignalContext signal)
    {
        if (!signal.Cancel)
        {
            StopAll();
        }
    }

    private static void StopAll()
    {
        foreach (EchoServer server in Live.Values)
        {
            try
            {
                server.Dispose();
            }
            catch (Exception)
            {
                // The process ends anyway; the other servers still have files to remove.
            }
        }
    }

    private async Task CompleteAsync()
    {
        try
        {
            await Engine.Completion.ConfigureAwait(false);
            Volatile.Write(ref _state, (int)EchoServerState.Stopped);
            Live.TryRemove(Id, out _);
        }
        catch (Exception exception)
        {
            // A failed server stays listed until it is stopped, so that <see cref="Error"/> can be read.
            Error = exception;
            Volatile.Write(ref _state, (int)EchoServerState.Faulted);
        }

        _service.Receivers.Complete();
    }
}

/// <summary>Where an echo server is in its life.</summary>
public enum EchoServerState
{
    /// <summary>New connections are accepted.</summary>
    Listening,

    /// <summary>No longer listening; what is under way is brought to its end.</summary>
    Draining,

    /// <summary>Everything is closed.</summary>
    Stopped,

    /// <summary>The server itself failed; <see cref="EchoServer.Error"/> says how. Everything is closed.</summary>
    Faulted,
}
