using System.Net;
using PSIpc.Echo.Client;
using PSIpc.Sockets;

namespace PSIpc.Echo.Load;

/// <summary>Keeps many connections to an echo server busy and measures them.</summary>
public static class EchoLoad
{
    /// <summary>
    /// Each connection sends a message, waits for all of its echo, compares every byte and goes on. What goes wrong is counted by kind,
    /// the connection is made anew after a growing pause, and the load goes on. It blocks the calling thread.
    /// </summary>
    /// <param name="endpoint">Where the server is; any echo server.</param>
    /// <param name="options">The defaults when null.</param>
    /// <param name="cancellationToken">Ends it early, with what was measured so far.</param>
    /// <exception cref="IpcException">
    /// The first connection could not be made, an option is out of its range, or not a single exchange succeeded.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was canceled before the first connection was made.</exception>
    public static EchoMeasurement Run(
        SocketEndpoint endpoint, EchoLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new EchoLoadOptions();
        options.Check(endpoint);
        EndpointResolver.Check(endpoint);

        EndPoint[] addresses = EndpointResolver.Resolve(endpoint, Deadline.In(options.ConnectTimeout), options.Trace, cancellationToken);
        var run = new LoadRun(endpoint, options, cancellationToken);
        if (PollClientConnection.Serves(endpoint))
        {
            options.Trace?.Report($"Connections: {options.Connections}, in one readiness loop (epoll).");
            using var engine = new EpollLoad(run);
            engine.Run(addresses, cancellationToken);
        }
        else
        {
            options.Trace?.Report($"Connections: {options.Connections}, each an asynchronous loop.");
            new StreamLoad(run, addresses).Run(cancellationToken);
        }

        return run.ToMeasurement();
    }

    /// <summary>Does what <see cref="Run"/> does, on a thread of its own, which a load keeps busy.</summary>
    /// <param name="endpoint">Where the server is; any echo server.</param>
    /// <param name="options">The defaults when null. Progress is told on the thread of the load.</param>
    /// <param name="cancellationToken">Ends it early, with what was measured so far.</param>
    /// <exception cref="IpcException">
    /// Thrown when the first connection could not be made, an option is out of its range, or not a single exchange succeeded.
    /// </exception>
    /// <exception cref="OperationCanceledException">Thrown when it was canceled before the first connection was made.</exception>
    public static Task<EchoMeasurement> RunAsync(
        SocketEndpoint endpoint, EchoLoadOptions? options = null, CancellationToken cancellationToken = default) => Task.Factory.StartNew(
            () => Run(endpoint, options, cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
}
