using System.Management.Automation;
using PSIpc.Sockets;

namespace PSIpc.Commands;

/// <summary>Where an echo server is or is to be: an address and a port, a socket's path, a pipe's name.</summary>
public abstract class EchoEndpointCommand : IpcCommand
{
    private protected const string AddressSet = "Address";
    private protected const string PathSet = "Path";
    private protected const string PipeSet = "Pipe";

    /// <summary>What a socket's own limits of time can be, in seconds: almost 25 days.</summary>
    private protected const double MaxSeconds = int.MaxValue / 1000;

    /// <summary>An IP address or a host name; 127.0.0.1 unless given.</summary>
    [Parameter(ParameterSetName = AddressSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port, 1 to 65535; a server may leave it at 0 and gets a free one.</summary>
    [Parameter(ParameterSetName = AddressSet, ValueFromPipelineByPropertyName = true)]
    [NotNullArgument]
    [ArgumentCompleter(typeof(EchoPortCompleter))]
    public int Port { get; set; }

    /// <summary>UDP instead of TCP: a datagram is a message.</summary>
    [Parameter(ParameterSetName = AddressSet)]
    public SwitchParameter Udp { get; set; }

    /// <summary>The path of a Unix stream socket.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EchoPathCompleter))]
    public string Path { get; set; } = "";

    /// <summary>The name of a named pipe.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PipeSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EchoPipeCompleter))]
    public string PipeName { get; set; } = "";

    /// <summary>
    /// The computer that an object by pipeline comes from, as remoting writes it: what belongs to another computer is refused.
    /// </summary>
    [Parameter(ParameterSetName = AddressSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = PathSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = PipeSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? PSComputerName { get; set; }

    /// <summary>The endpoint that the parameters name.</summary>
    /// <exception cref="IpcException">They name none.</exception>
    private protected SocketEndpoint ReadEndpoint(bool tls) => ParameterSetName switch
    {
        PathSet => SocketEndpoint.Unix(GetUnresolvedProviderPathFromPSPath(Path)),
        PipeSet => SocketEndpoint.Pipe(PipeName),
        _ when tls && Udp => throw new IpcException(IpcErrorReason.EchoOptionInvalid, "TLS goes over TCP: leave out -Udp."),
        _ when tls => SocketEndpoint.Tls(Address, Port),
        _ when Udp => SocketEndpoint.Udp(Address, Port),
        _ => SocketEndpoint.Tcp(Address, Port),
    };
}
