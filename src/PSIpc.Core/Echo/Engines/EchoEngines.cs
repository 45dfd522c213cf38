namespace PSIpc;

/// <summary>Chooses how the bytes of a server are moved.</summary>
internal static class EchoEngines
{
    internal static (IEchoEngine Engine, EchoEndpoint Endpoint) Start(EchoService service)
    {
        EchoServerOptions options = service.Options;
        ListeningSocket listener = ListeningSocket.Open(options.Endpoint, options.Backlog);
        try
        {
            return (new EpollEngine(service, listener), listener.Endpoint);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }
}
