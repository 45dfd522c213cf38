using System.Net.Security;

namespace PSIpc;

/// <summary>Chooses how the bytes of a server are moved.</summary>
internal static class EchoEngines
{
    /// <exception cref="IpcException">Nobody can listen there; the reason says why.</exception>
    internal static (IEchoEngine Engine, EchoEndpoint Endpoint) Start(EchoService service)
    {
        EchoServerOptions options = service.Options;
        if (options.Endpoint.Transport == EchoTransport.Pipe && (OperatingSystem.IsWindows() || options.PrefersStreams))
        {
            return (new StreamEngine(service, new PipeSource(options.Endpoint.Address)), options.Endpoint);
        }

        ListeningSocket listener = ListeningSocket.Open(options.Endpoint, options.Backlog);
        try
        {
            listener.LimitUntaken(options.IdleTimeout);
            return (Start(service, listener), listener.Endpoint);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static IEchoEngine Start(EchoService service, ListeningSocket listener)
    {
        EchoServerOptions options = service.Options;
        switch (options.Endpoint.Transport)
        {
            case EchoTransport.Udp:
                return new DatagramEngine(service, listener);
            case EchoTransport.Tls:
                // Made once, so that the chain is not built anew for each connection; without going online for it.
                var certificate = SslStreamCertificateContext.Create(options.Certificate!, additionalCertificates: null, offline: true);
                return new StreamEngine(service, new SocketSource(listener, certificate));
            default:
                return OperatingSystem.IsLinux() && !options.PrefersStreams
                    ? new EpollEngine(service, listener).Start()
                    : new StreamEngine(service, new SocketSource(listener, certificate: null));
        }
    }
}
