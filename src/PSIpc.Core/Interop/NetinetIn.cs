namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;netinet/in.h&gt;</c>.</summary>
internal static class NetinetInH
{
    internal const int IPPROTO_TCP = 6;
}
