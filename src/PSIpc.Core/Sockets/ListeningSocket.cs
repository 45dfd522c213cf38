using System.Net;
using System.Net.Sockets;
using PSIpc.Interop;
using PSIpc.Procfs;

namespace PSIpc.Sockets;

/// <summary>A bound socket that peers can reach, and what must be undone when it closes.</summary>
internal sealed class ListeningSocket : IDisposable
{
    // On top of what is on the way. Less than a large message would leave more of it to buffers here, which a steady load then allocates.
    private const int UnsentBytes = 1024 * 1024;

    private readonly UnixSocketFile? _file;

    private ListeningSocket(Socket socket, SocketEndpoint endpoint, UnixSocketFile? file)
    {
        Socket = socket;
        Endpoint = endpoint;
        _file = file;
    }

    internal Socket Socket { get; }

    /// <summary>The endpoint with the port that the system chose.</summary>
    internal SocketEndpoint Endpoint { get; }

    /// <exception cref="IpcException">Nobody can listen there; the reason says why.</exception>
    internal static ListeningSocket Open(SocketEndpoint endpoint, int backlog)
    {
        if (endpoint.SocketPath is not { } path)
        {
            return OpenPort(endpoint, backlog);
        }

        (Socket socket, UnixSocketFile file) = UnixSocketFile.Listen(path, backlog);
        return new ListeningSocket(socket, endpoint, file);
    }

    /// <summary>
    /// Bounds what Linux keeps for a TCP peer that does not take its echo. How much: otherwise 4 MB a connection (tcp_wmem), of
    /// memory that all connections of the machine share. And how long, after the connection was closed here: a peer that only answers
    /// probes could keep it forever (RFC 1122, 4.2.2.17); twice the idle timeout, so that an open connection is cut off by that.
    /// </summary>
    internal void LimitUnsentData(TimeSpan idleTimeout)
    {
        if (!OperatingSystem.IsLinux() || Socket.ProtocolType != ProtocolType.Tcp)
        {
            return;
        }

        // Every connection that is accepted has these from here, as it has TCP_NODELAY (tcp(7)).
        SetTcpOption(NetinetTcpH.TCP_NOTSENT_LOWAT, UnsentBytes);
        if (idleTimeout != Timeout.InfiniteTimeSpan)
        {
            SetTcpOption(NetinetTcpH.TCP_USER_TIMEOUT, (int)Math.Min(2 * Math.Ceiling(idleTimeout.TotalMilliseconds), int.MaxValue));
        }
    }

    /// <summary>Removes the name first, so that no client finds a socket that no longer listens.</summary>
    public void Dispose()
    {
        _file?.Remove();
        Socket.Dispose();
    }

    private void SetTcpOption(int name, int value) =>
        _ = Libc.SetSocketOption((int)Socket.SafeHandle.DangerousGetHandle(), NetinetInH.IPPROTO_TCP, name, [value]);

    private static ListeningSocket OpenPort(SocketEndpoint endpoint, int backlog)
    {
        SocketException? failure = null;
        foreach (IPAddress address in Resolve(endpoint))
        {
            try
            {
                Socket socket = Bind(endpoint, address, backlog);
                return new ListeningSocket(socket, endpoint.WithPort(((IPEndPoint)socket.LocalEndPoint!).Port), null);
            }
            catch (SocketException exception)
            {
                // The first address says best what is wrong; a machine without IPv6 goes on to IPv4.
                failure = failure is null || failure.SocketErrorCode == SocketError.AddressFamilyNotSupported ? exception : failure;
            }
        }

        throw Explain(endpoint, failure!);
    }

    private static Socket Bind(SocketEndpoint endpoint, IPAddress address, int backlog)
    {
        bool datagrams = endpoint.Facts.IsDatagram;
        var socket = new Socket(
            address.AddressFamily,
            datagrams ? SocketType.Dgram : SocketType.Stream,
            datagrams ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = IsAny(endpoint);
            }

            socket.Bind(new IPEndPoint(address, endpoint.Port));
            if (!datagrams)
            {
                // Linux hands this on to every connection that is accepted (tcp(7)).
                socket.NoDelay = true;
                socket.Listen(backlog);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsAny(SocketEndpoint endpoint) => string.Equals(endpoint.Address, "Any", StringComparison.OrdinalIgnoreCase);

    private static IPAddress[] Resolve(SocketEndpoint endpoint)
    {
        if (IsAny(endpoint))
        {
            return [IPAddress.IPv6Any, IPAddress.Any];
        }

        if (IPAddress.TryParse(endpoint.Address, out IPAddress? literal))
        {
            return [literal];
        }

        try
        {
            IPAddress[] found = Dns.GetHostAddresses(endpoint.Address);
            if (found.Length != 0)
            {
                return found;
            }
        }
        catch (SocketException exception)
        {
            throw new IpcException(
                IpcErrorReason.EchoAddressUnresolved,
                $"The host name '{endpoint.Address}' cannot be resolved: {exception.Message}.",
                exception.NativeErrorCode,
                exception);
        }

        throw new IpcException(IpcErrorReason.EchoAddressUnresolved, $"The host name '{endpoint.Address}' has no address.");
    }

    private static IpcException Explain(SocketEndpoint endpoint, SocketException failure)
    {
        (IpcErrorReason reason, string message) = failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => (
                IpcErrorReason.EchoAddressInUse,
                $"{endpoint} is in use{PortOwner.Describe(endpoint.Port, endpoint.Facts.IsDatagram)}."),
            SocketError.AccessDenied => (
                IpcErrorReason.EchoAccessDenied,
                $"This user may not listen on {endpoint}"
                + (endpoint.Port is > 0 and < 1024 ? ": ports below 1024 are privileged." : ".")),
            SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.NetworkUnreachable
                or SocketError.HostUnreachable or SocketError.InvalidArgument => (
                IpcErrorReason.EchoAddressUnavailable,
                $"No interface of this machine has the address '{endpoint.Address}'."),
            _ => (IpcErrorReason.NativeError, $"Cannot listen on {endpoint}: {failure.Message}."),
        };
        return new IpcException(reason, message, failure.NativeErrorCode, failure);
    }
}
