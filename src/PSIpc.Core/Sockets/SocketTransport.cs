namespace PSIpc.Sockets;

/// <summary>What carries an echo.</summary>
public enum SocketTransport
{
    /// <summary>TCP over IPv4 or IPv6.</summary>
    Tcp,

    /// <summary>TLS over TCP.</summary>
    Tls,

    /// <summary>UDP: a datagram is a message.</summary>
    Udp,

    /// <summary>A Unix stream socket, named by a path.</summary>
    Unix,

    /// <summary>A named pipe; outside Windows .NET keeps it as a Unix socket in the folder for temporary files.</summary>
    Pipe,
}
