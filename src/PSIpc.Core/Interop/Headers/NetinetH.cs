namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;netinet/in.h&gt;</c> and <c>&lt;netinet/tcp.h&gt;</c>.</summary>
internal static class NetinetH
{
    internal const int IPPROTO_TCP = 6;
    internal const int TCP_NODELAY = 1;
}
