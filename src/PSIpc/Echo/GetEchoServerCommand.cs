using System.Management.Automation;
using PSIpc.Echo.Server;

namespace PSIpc.Commands;

/// <summary>Shows the echo servers of this process.</summary>
[Cmdlet(VerbsCommon.Get, "EchoServer", DefaultParameterSetName = AllSet)]
[OutputType(typeof(EchoServer))]
public sealed class GetEchoServerCommand : EchoServerCommand
{
    private const string AllSet = "All";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == AllSet)
        {
            IReadOnlyList<EchoServer> servers = EchoServer.All;
            WriteVerbose($"Echo servers of this process: {servers.Count}.");
            WriteObject(servers, enumerateCollection: true);
        }
        else
        {
            base.ProcessRecord();
        }
    }

    private protected override void ProcessServer(EchoServer server)
    {
        WriteVerbose($"Echo server {server.Id}: {server}, by {server.EngineName}.");
        WriteObject(server);
    }
}
