using System.Diagnostics;
using System.Management.Automation;
using PSIpc.Echo.Server;

namespace PSIpc.Commands;

/// <summary>Stops echo servers: listening ends at once, connections have a while to finish, and then are aborted.</summary>
[Cmdlet(VerbsLifecycle.Stop, "EchoServer", SupportsShouldProcess = true, DefaultParameterSetName = IdSet)]
[OutputType(typeof(EchoServer))]
public sealed class StopEchoServerCommand : EchoServerCommand
{
    /// <summary>How long connections may take to finish, in seconds; 5 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0.0, 86400.0)]
    public double DrainTimeoutSec { get; set; } = 5;

    /// <summary>Gives the stopped server with its last counters.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void ProcessServer(EchoServer server)
    {
        if (!ShouldProcess(server.Endpoint, "Stop echo server"))
        {
            return;
        }

        WriteVerbose($"Echo server {server.Id} stops listening on {server.Endpoint}; connections that have {DrainTimeoutSec} s to finish: "
            + $"{server.ActiveConnections}.");
        long asked = Stopwatch.GetTimestamp();
        Task stopped = server.StopAsync(TimeSpan.FromSeconds(DrainTimeoutSec));
        try
        {
            using var progress = new ThrottledProgress(this, $"Stopping {server.Endpoint}", DrainTimeoutSec);
            while (!stopped.Wait(100, StopToken))
            {
                progress.Report(Stopwatch.GetElapsedTime(asked));
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C ends the patience, not the stopping.
            server.Dispose();
            throw;
        }

        WriteVerbose($"{server} after {Display.Time(Stopwatch.GetElapsedTime(asked))}: connections {server.TotalConnections}, bytes in "
            + $"{server.BytesReceived}, out {server.BytesSent}.");
        if (PassThru)
        {
            WriteObject(server);
        }
    }
}
