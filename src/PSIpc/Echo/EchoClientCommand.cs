using System.Management.Automation;
using PSIpc.Echo.Server;
using PSIpc.Sockets;

namespace PSIpc.Commands;

/// <summary>What talks to a server: one of this process as an object, or any by its endpoint.</summary>
public abstract class EchoClientCommand : EchoEndpointCommand
{
    private protected const string ServerSet = "Server";

    private bool _namesAddress;

    /// <summary>A server of this process, as Start- and Get-EchoServer give it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ServerSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public EchoServer? Server { get; set; }

    /// <summary>An endpoint as outputs have it, also those of servers elsewhere: tls://web1:7007, unix:/run/x.sock, pipe:name.</summary>
    [Parameter(ParameterSetName = AddressSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EchoEndpointCompleter))]
    public string? Endpoint { get; set; }

    /// <summary>TLS over TCP.</summary>
    [Parameter(ParameterSetName = AddressSet)]
    public SwitchParameter Tls { get; set; }

    /// <summary>Takes any certificate, for tests with self-signed ones; TLS is understood.</summary>
    [Parameter(ParameterSetName = AddressSet)]
    [Parameter(ParameterSetName = ServerSet)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>The time to connect, in seconds; 10 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0.0, MaxSeconds)]
    public double ConnectTimeoutSec { get; set; } = 10;

    /// <inheritdoc/>
    protected override void BeginProcessing() => _namesAddress = MyInvocation.BoundParameters.ContainsKey(nameof(Address));

    private protected SocketEndpoint ReadEndpoint()
    {
        SocketEndpoint endpoint = Server?.GetEndpoint() ?? (
            Endpoint is null ? ReadEndpoint(Tls || SkipCertificateCheck) : ReadEndpoint(SocketEndpoint.Parse(Endpoint)));

        // A server of another computer is reached over the network; its loopback address, path, or pipe is one of this computer here.
        // An address that the caller names, and that comes from no object, says which computer is meant.
        if (endpoint.IsLocal && !_namesAddress)
        {
            ObjectOrigin.ThrowIfElsewhere(PSComputerName);
        }

        return endpoint;
    }

    // What a server calls its own address, 127.0.0.1 or 0.0.0.0, is another one from elsewhere: -Address and -Port say which.
    private SocketEndpoint ReadEndpoint(SocketEndpoint endpoint)
    {
        if ((Tls && endpoint.Transport != SocketTransport.Tls) || (Udp && endpoint.Transport != SocketTransport.Udp))
        {
            throw new IpcException(
                IpcErrorReason.EchoOptionInvalid, $"The endpoint {endpoint} says what carries the bytes: leave out "
                    + $"-{(Tls ? nameof(Tls) : nameof(Udp))}.");
        }

        SocketEndpoint there = MyInvocation.BoundParameters.ContainsKey(nameof(Address)) ? endpoint.WithHost(Address) : endpoint;
        return Port != 0 ? there.WithPort(Port) : there;
    }
}
