using System.Net.Security;
using PSIpc.Echo.Server.Sessions;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>One way of moving the bytes of a server. It owns its listening socket and its connections.</summary>
internal interface IEchoEngine
{
    /// <summary>
    /// Ends when everything is closed: well after <see cref="Stop"/>, or with the exception that made the engine itself fail.
    /// </summary>
    Task Completion { get; }

    /// <summary>What moves the bytes, in a word or two.</summary>
    string Name { get; }

    /// <summary>Whether accepting is paused because the process or the system is out of descriptors.</summary>
    bool IsAcceptPaused { get; }

    /// <summary>
    /// Stops listening at once, finishes what is under way, and at the deadline aborts the rest. A second call can only bring the
    /// deadline nearer.
    /// </summary>
    /// <param name="deadline">In <see cref="Environment.TickCount64"/>.</param>
    void Stop(long deadline);
}

/// <summary>Chooses how the bytes of a server are moved.</summary>
internal static class EchoEngineFactory
{
    /// <summary>Listens and serves.</summary>
    /// <param name="service">The server's options and counters.</param>
    /// <param name="usesStreams">Serve with streams what the readiness loop could serve: the engine of other systems.</param>
    /// <exception cref="IpcException">Nobody can listen there; the reason says why.</exception>
    internal static (IEchoEngine Engine, SocketEndpoint Endpoint) Start(EchoServerContext service, bool usesStreams)
    {
        EchoServerOptions options = service.Options;
        if (options.Endpoint.Transport == SocketTransport.Pipe && (OperatingSystem.IsWindows() || usesStreams))
        {
            return (new StreamEngine(service, new PipeServerListener(options.Endpoint.Address)), options.Endpoint);
        }

        ListeningSocket listener = ListeningSocket.Open(options.Endpoint, options.Backlog);
        try
        {
            listener.LimitUnsentData(options.IdleTimeout);
            return (Start(service, listener, usesStreams), listener.Endpoint);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static IEchoEngine Start(EchoServerContext service, ListeningSocket listener, bool usesStreams)
    {
        EchoServerOptions options = service.Options;
        switch (options.Endpoint.Transport)
        {
            case SocketTransport.Udp:
                return new DatagramEngine(service, listener);
            case SocketTransport.Tls:
                // Made once, so that the chain is not built anew for each connection; without going online for it.
                var certificate = SslStreamCertificateContext.Create(options.Certificate!, additionalCertificates: null, offline: true);
                return new StreamEngine(service, new SocketServerListener(listener, certificate));
            default:
                return OperatingSystem.IsLinux() && !usesStreams
                    ? new EpollEngine(service, listener).Start()
                    : new StreamEngine(service, new SocketServerListener(listener, certificate: null));
        }
    }
}
