using System.Net;
using System.Net.Sockets;
using PSIpc.Echo.Server.Sessions;
using PSIpc.Interop;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>A connection of the <see cref="EpollEngine"/>, which is the only user of the descriptor, and closes it.</summary>
internal sealed class EpollServerConnection(EchoServerContext service, long id, int descriptor) : EchoSession(service, id)
{
    internal int Descriptor => descriptor;

    /// <summary>
    /// What an event carries: the descriptor, and a part of the ID that tells this connection from an earlier one of the same number.
    /// </summary>
    internal ulong Tag => ((ulong)Id << 32) | (uint)descriptor;

    /// <summary>The socket is full; nothing can be sent before it reports EPOLLOUT.</summary>
    internal bool IsFull { get; set; }

    /// <summary>Whether EPOLLOUT is registered. Once a socket has been full it stays so.</summary>
    internal bool ReportsRoom { get; set; }

    /// <summary>An end or an error waits behind the data, and will not be reported again.</summary>
    internal bool ReadsToEnd { get; set; }

    /// <summary>It waits for its turn in the engine's queue.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>
    /// Makes closing a reset: socket(7), a linger time of 0. A Unix socket has no reset, and closes.
    /// </summary>
    internal static void SetToReset(int descriptor) =>
        _ = Libc.SetSocketOption(descriptor, SysSocketH.SOL_SOCKET, SysSocketH.SO_LINGER, [1, 0]);

    protected override string FindRemoteEndpoint()
    {
        Span<byte> address = stackalloc byte[128];
        int length = Libc.GetPeerName(descriptor, address).IntValue;
        if (length < sizeof(ushort))
        {
            return "";
        }

        if (BitConverter.ToUInt16(address) == SysSocketH.AF_UNIX)
        {
            return RemoteEndpoints.FindProcess(descriptor) is int process ? $"pid:{process}" : "";
        }

        bool isIPv4 = length == 16;
        AddressFamily family = isIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var raw = new SocketAddress(family, length);
        address[..length].CopyTo(raw.Buffer.Span);
        var peer = (IPEndPoint)new IPEndPoint(isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(raw);
        return RemoteEndpoints.Format(peer);
    }
}
