using System.Net;
using PSIpc.Interop;

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

    /// <summary>
    /// Returns the process on the other side of a Unix socket (unix(7), SO_PEERCRED), or null where the system does not say.
    /// </summary>
    internal static int? FindProcess(int descriptor)
    {
        Span<int> credentials = stackalloc int[3];
        return OperatingSystem.IsLinux()
            && Libc.GetSocketOption(descriptor, SysSocketH.SOL_SOCKET, SysSocketH.SO_PEERCRED, credentials).IsSuccess
            && credentials[0] > 0
                ? credentials[0]
                : null;
    }
}
