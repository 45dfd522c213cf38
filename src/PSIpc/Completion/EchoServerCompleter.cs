using System.Collections;
using System.Globalization;
using PSIpc.Echo.Server;
using PSIpc.Sockets;

namespace PSIpc.Commands;

/// <summary>The echo servers of this process, with what they are in the tooltip.</summary>
public abstract class EchoServerCompleter : Completer
{
    private protected override IEnumerable<Proposal> Propose(IDictionary bound) => EchoServer.All
        .OrderBy(server => server.Id)
        .Select(server => (Text: Text(server), server))
        .Where(found => found.Text is not null)
        .Select(found => new Proposal(
            string.Create(
                CultureInfo.CurrentCulture,
                $"server {found.server.Id} on {found.server.Endpoint}: {found.server.Mode}, {found.server.State}, "
                    + $"{found.server.ActiveConnections} connections"),
            found.Text!));

    /// <summary>What stands for the server here, or null where nothing does.</summary>
    private protected abstract string? Text(EchoServer server);
}

/// <summary>Their numbers.</summary>
public sealed class EchoServerIdCompleter : EchoServerCompleter
{
    private protected override string Text(EchoServer server) => server.Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Their ports.</summary>
public sealed class EchoPortCompleter : EchoServerCompleter
{
    private protected override string? Text(EchoServer server) =>
        server.GetEndpoint().Port > 0 ? server.GetEndpoint().Port.ToString(CultureInfo.InvariantCulture) : null;
}

/// <summary>Their endpoints.</summary>
public sealed class EchoEndpointCompleter : EchoServerCompleter
{
    private protected override string Text(EchoServer server) => server.Endpoint;
}

/// <summary>The names of their pipes.</summary>
public sealed class EchoPipeCompleter : EchoServerCompleter
{
    private protected override string? Text(EchoServer server) =>
        server.GetEndpoint().Transport == SocketTransport.Pipe ? server.GetEndpoint().Address : null;
}

/// <summary>Their sockets' paths; without one the engine proposes files.</summary>
public sealed class EchoPathCompleter : EchoServerCompleter
{
    private protected override string? Text(EchoServer server) =>
        server.GetEndpoint().Transport == SocketTransport.Unix ? server.GetEndpoint().Address : null;
}
