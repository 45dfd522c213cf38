namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;netinet/tcp.h&gt;</c>.</summary>
internal static class NetinetTcpH
{
    internal const int TCP_NODELAY = 1;
}
