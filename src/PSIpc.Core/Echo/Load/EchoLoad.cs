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
    /// <param name="cancellation">Ends it early, with what was measured so far.</param>
    /// <exception cref="IpcException">
    /// The first connection could not be made, an option is out of its range, or not a single exchange succeeded.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the first connection was made.</exception>
    public static EchoMeasurement Run(SocketEndpoint endpoint, EchoLoadOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new EchoLoadOptions();
        options.Check(endpoint);
        EndpointResolver.Check(endpoint);

        EndPoint[] addresses = EndpointResolver.Resolve(endpoint, Deadline.In(options.ConnectTimeout), options.Trace, cancellation);
        var run = new LoadRun(endpoint, options, cancellation);
        if (PollClientConnection.Serves(endpoint))
        {
            options.Trace?.Invoke($"Connections: {options.Connections}, in one readiness loop (epoll).");
            using var engine = new EpollLoad(run);
            engine.Run(addresses, cancellation);
        }
        else
        {
            options.Trace?.Invoke($"Connections: {options.Connections}, each an asynchronous loop.");
            new StreamLoad(run, addresses).Run(cancellation);
        }

        return run.ToMeasurement();
    }
}
