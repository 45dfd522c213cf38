namespace PSIpc.Echo.Server.Sessions;

/// <summary>What a server counts, written by any of its threads.</summary>
internal sealed class EchoCounters
{
    internal long Arrivals;
    internal long ActiveConnections;
    internal long TotalConnections;
    internal long RefusedConnections;
    internal long BytesReceived;
    internal long BytesSent;
    internal long Messages;
    internal long IdleTimeouts;
    internal long Errors;
    internal long AcceptPauses;
}
