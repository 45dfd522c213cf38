using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>What talks to a server: one of this process as an object, or any by its endpoint.</summary>
public abstract class EchoClientCommand : EchoEndpointCommand
{
    private protected const string ServerSet = "Server";

    /// <summary>A server of this process, as Start- and Get-EchoServer give it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ServerSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public EchoServer? Server { get; set; }

    /// <summary>TLS over TCP.</summary>
    [Parameter(ParameterSetName = AddressSet)]
    public SwitchParameter Tls { get; set; }

    /// <summary>Takes any certificate, for tests with self-signed ones; TLS is understood.</summary>
    [Parameter(ParameterSetName = AddressSet)]
    [Parameter(ParameterSetName = ServerSet)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>The time to connect, in seconds; 10 unless given.</summary>
    [Parameter]
    public double ConnectTimeoutSec { get; set; } = 10;

    private protected EchoEndpoint ReadEndpoint() => Server?.Endpoint ?? ReadEndpoint(Tls || SkipCertificateCheck);
}
