using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using PSIpc.Echo.Server;

namespace PSIpc.Commands;

/// <summary>Starts an echo server, which is listening when the object arrives.</summary>
[Cmdlet(VerbsLifecycle.Start, "EchoServer", SupportsShouldProcess = true, DefaultParameterSetName = AddressSet)]
[OutputType(typeof(EchoServer))]
public sealed class StartEchoServerCommand : EchoEndpointCommand
{
    /// <summary>A certificate with its private key: TLS over TCP.</summary>
    [Parameter(ParameterSetName = AddressSet)]
    [NotNullArgument]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Stream sends back as bytes arrive (RFC 862); Message collects until the client half-closes.</summary>
    [Parameter]
    [NotNullArgument]
    public EchoMode EchoMode { get; set; }

    /// <summary>How many connections may wait to be accepted; 512 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    public int Backlog { get; set; } = 512;

    /// <summary>How many connections are served at once; 16,384, or fewer where the process may not open as many.</summary>
    [Parameter]
    [NotNullArgument]
    public int MaxConnection { get; set; } = EchoServerOptions.DefaultMaxConnections;

    /// <summary>The largest message in Message mode, in bytes; 16 MB unless given.</summary>
    [Parameter]
    [NotNullArgument]
    public int MaxMessageBytes { get; set; } = 16 << 20;

    /// <summary>A silent connection is closed after so many seconds; 300 unless given, 0 for never.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0.0, MaxSeconds)]
    public double IdleTimeoutSec { get; set; } = 300;

    /// <summary>Misbehaves on purpose: DelayMilliseconds, ChunkBytes, CorruptByte, ResetAfterBytes, StallAfterBytes, RefuseEvery.</summary>
    [Parameter]
    [NotNullArgument]
    [EchoFaultTransformation]
    [ArgumentCompleter(typeof(EchoFaultCompleter))]
    public EchoFault? Fault { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunItem(null, () =>
    {
        ObjectOrigin.ThrowIfElsewhere(PSComputerName);
        var options = new EchoServerOptions
        {
            Endpoint = ReadEndpoint(Certificate is not null),
            Mode = EchoMode,
            Certificate = Certificate,
            Backlog = Backlog,
            MaxConnections = MaxConnection,
            MaxMessageBytes = MaxMessageBytes,
            IdleTimeout = IdleTimeoutSec == 0 ? Timeout.InfiniteTimeSpan : Seconds(IdleTimeoutSec),
            Fault = Fault,
        };
        if (ShouldProcess(options.Endpoint.ToString(), "Start echo server"))
        {
            EchoServer server = Own(EchoServer.Start(options), static started => started.Dispose());
            EchoServerLifetime.Track(server);
            WriteVerbose($"Echo server {server.Id} listens on {server.Endpoint}, mode {server.Mode}, by {server.EngineName}; at most "
                + $"{MaxConnection} connections, {Backlog} waiting.");
            Deliver(server);
        }
    });
}
