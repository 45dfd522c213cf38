using System.Net;

namespace PSIpc.Sockets;

/// <summary>How a peer's address is shown.</summary>
internal static class RemoteEndpoints
{
    /// <summary>An IPv4 peer of a dual-stack socket shows as the IPv4 peer that it is.</summary>
    internal static string Format(EndPoint? peer) => peer switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port).ToString(),
        IPEndPoint internet => internet.ToString(),
        _ => "",
    };
}
