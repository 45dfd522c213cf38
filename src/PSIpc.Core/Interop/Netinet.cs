namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;netinet/in.h&gt;</c>.</summary>
internal static class NetinetInH
{
    internal const int IPPROTO_TCP = 6;
}

/// <summary>Constants of <c>&lt;netinet/tcp.h&gt;</c>.</summary>
internal static class NetinetTcpH
{
    internal const int TCP_NODELAY = 1;
    internal const int TCP_USER_TIMEOUT = 18;
    internal const int TCP_NOTSENT_LOWAT = 25;
}
