using System.Globalization;
using System.Net;

namespace PSIpc.Sockets;

/// <summary>Where an echo server listens, or where a client finds one.</summary>
public sealed record SocketEndpoint
{
    private SocketEndpoint(SocketTransport transport, string address, int port)
    {
        Transport = transport;
        Address = address;
        Port = port;
    }

    /// <summary>What carries the bytes.</summary>
    public SocketTransport Transport { get; }

    /// <summary>The host name or IP address; the path of a Unix socket; the name of a pipe.</summary>
    public string Address { get; private init; }

    /// <summary>The port, 0 for "any free one"; 0 where the transport has no ports.</summary>
    public int Port { get; private init; }

    /// <summary>A TCP endpoint.</summary>
    /// <param name="host">A host name or an IP address; <c>Any</c> for every address of both families (servers only).</param>
    /// <param name="port">0 to 65535.</param>
    /// <exception cref="IpcException">The address or the port is not valid.</exception>
    public static SocketEndpoint Tcp(string host, int port) => new(SocketTransport.Tcp, CheckHost(host), CheckPort(port));

    /// <summary>A TLS endpoint; see <see cref="Tcp"/>.</summary>
    /// <param name="host">A host name or an IP address.</param>
    /// <param name="port">0 to 65535.</param>
    /// <exception cref="IpcException">The address or the port is not valid.</exception>
    public static SocketEndpoint Tls(string host, int port) => new(SocketTransport.Tls, CheckHost(host), CheckPort(port));

    /// <summary>A UDP endpoint; see <see cref="Tcp"/>.</summary>
    /// <param name="host">A host name or an IP address.</param>
    /// <param name="port">0 to 65535.</param>
    /// <exception cref="IpcException">The address or the port is not valid.</exception>
    public static SocketEndpoint Udp(string host, int port) => new(SocketTransport.Udp, CheckHost(host), CheckPort(port));

    /// <summary>A Unix stream socket.</summary>
    /// <param name="path">The path of the socket file; made absolute.</param>
    /// <exception cref="IpcException">The path is empty or longer than <c>sun_path</c> holds (unix(7): 107 bytes on Linux).</exception>
    public static SocketEndpoint Unix(string path)
    {
        // sockaddr_un.sun_path has 108 bytes on Linux and 104 on macOS, the terminator included.
        int limit = OperatingSystem.IsMacOS() ? 103 : 107;
        if (string.IsNullOrEmpty(path) || path.Contains('\0'))
        {
            throw new IpcException(IpcErrorReason.EchoPathInvalid, "A Unix socket needs a path.");
        }

        string full = Path.GetFullPath(path);
        int length = System.Text.Encoding.UTF8.GetByteCount(full);
        return length <= limit
            ? new(SocketTransport.Unix, full, 0)
            : throw new IpcException(
                IpcErrorReason.EchoPathInvalid,
                $"The path '{full}' has {length} bytes; a Unix socket's path has at most {limit}.");
    }

    /// <summary>A named pipe of this machine.</summary>
    /// <param name="name">The pipe's name, without a path.</param>
    /// <exception cref="IpcException">The name is empty or has a separator in it.</exception>
    public static SocketEndpoint Pipe(string name) =>
        !string.IsNullOrEmpty(name) && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0
            ? new(SocketTransport.Pipe, name, 0)
            : throw new IpcException(IpcErrorReason.EchoPipeNameInvalid, $"'{name}' isn't a pipe name: it is empty, or has a slash.");

    /// <summary>Reads an endpoint as <see cref="ToString"/> writes it.</summary>
    /// <param name="text"><c>tcp://</c>, <c>tls://</c> or <c>udp://</c> with a host and a port, <c>unix:PATH</c>, <c>pipe:NAME</c>.</param>
    /// <exception cref="IpcException">It isn't an endpoint, or one whose address or port is not valid.</exception>
    public static SocketEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string rest = text[(colon + 1)..];
        string scheme = colon < 0 ? "" : text[..colon];
        TransportFacts facts = TransportFacts.All.FirstOrDefault(facts => facts.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase))
            ?? throw NoEndpoint(text);
        return facts switch
        {
            { HasPort: true } => ParseAuthority(facts.Transport, text, rest),
            { Transport: SocketTransport.Unix } => Unix(rest),
            _ => Pipe(rest),
        };
    }

    /// <summary>What holds for every endpoint of this transport.</summary>
    internal TransportFacts Facts => TransportFacts.All[(int)Transport];

    /// <summary>
    /// The path of the Unix socket behind it: its own, or outside Windows a pipe's, where .NET keeps named pipes as Unix sockets
    /// (<c>TMPDIR/CoreFxPipe_NAME</c>), so that its pipe clients and servers are peers. Null for everything else.
    /// </summary>
    /// <exception cref="IpcException">The temporary directory's path leaves too little room for the pipe's name.</exception>
    internal string? SocketPath => Transport switch
    {
        SocketTransport.Unix => Address,
        SocketTransport.Pipe when !OperatingSystem.IsWindows() => Unix(Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + Address)).Address,
        _ => null,
    };

    /// <summary>
    /// Whether it is reached on its own machine only: a Unix socket, a pipe, a loopback address, or the address of all interfaces, which a
    /// client takes for loopback. On another machine the same endpoint is another server.
    /// </summary>
    public bool IsLocal => Facts.IsLocal
        || (IPAddress.TryParse(Address, out IPAddress? address)
            ? IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            : Address.Equals("localhost", StringComparison.OrdinalIgnoreCase));

    /// <summary>The same endpoint with the port that the system chose.</summary>
    /// <param name="port">1 to 65535.</param>
    /// <exception cref="IpcException">The port is not valid.</exception>
    public SocketEndpoint WithPort(int port) => this with { Port = CheckPort(port) };

    /// <summary>The same endpoint by another name of its machine.</summary>
    /// <param name="host">A host name or an IP address.</param>
    /// <exception cref="IpcException">The address is not valid, or the transport has none.</exception>
    public SocketEndpoint WithHost(string host) => !Facts.HasPort
        ? throw new IpcException(
            IpcErrorReason.EchoOptionInvalid, $"{this} belongs to its own machine, and cannot have the address '{host}'.")
        : this with { Address = CheckHost(host) };

    /// <summary>The endpoint as a URI: <c>tcp://127.0.0.1:7007</c>, <c>unix:/run/x.sock</c>, <c>pipe:name</c>.</summary>
    public override string ToString() => Facts.HasPort
        ? $"{Facts.Scheme}://{(Address.Contains(':') ? $"[{Address}]" : Address)}:{Port}"
        : $"{Facts.Scheme}:{Address}";

    private static SocketEndpoint ParseAuthority(SocketTransport transport, string text, string rest)
    {
        int colon = rest.LastIndexOf(':');
        return rest.StartsWith("//", StringComparison.Ordinal) && colon > 1
            && int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                ? new SocketEndpoint(transport, CheckHost(rest[2..colon]), CheckPort(port))
                : throw NoEndpoint(text);
    }

    private static IpcException NoEndpoint(string text) => new(
        IpcErrorReason.EchoAddressInvalid,
        $"'{text}' isn't an endpoint, which is tcp://, tls:// or udp:// with a host and a port (tcp://127.0.0.1:7007), unix:PATH, "
        + "or pipe:NAME.");

    private static string CheckHost(string host)
    {
        string bare = host is ['[', .., ']'] ? host[1..^1] : host;
        return Uri.CheckHostName(bare) is not UriHostNameType.Unknown || IPAddress.TryParse(bare, out _)
            ? bare
            : throw new IpcException(IpcErrorReason.EchoAddressInvalid, $"'{host}' is neither an IP address nor a host name.");
    }

    private static int CheckPort(int port) => port is >= 0 and <= 65535
        ? port
        : throw new IpcException(IpcErrorReason.EchoPortInvalid, $"{port} isn't a port: ports go from 1 to 65535.");
}

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

    /// <summary>A named pipe; outside Windows .NET keeps it as a Unix socket in the directory for temporary files.</summary>
    Pipe,
}

/// <summary>What holds for all endpoints of a transport.</summary>
/// <param name="Transport">The transport; it has its place in <see cref="All"/> by its number.</param>
/// <param name="Scheme">What an endpoint's text begins with.</param>
/// <param name="IsDatagram">Whether it carries datagrams and not a stream.</param>
/// <param name="HasPort">Whether an endpoint is a host and a port, and not a path or a name.</param>
/// <param name="IsLocal">Whether it never leaves its machine.</param>
internal sealed record TransportFacts(SocketTransport Transport, string Scheme, bool IsDatagram, bool HasPort, bool IsLocal)
{
    internal static readonly TransportFacts[] All =
    [
        new(SocketTransport.Tcp, "tcp", IsDatagram: false, HasPort: true, IsLocal: false),
        new(SocketTransport.Tls, "tls", IsDatagram: false, HasPort: true, IsLocal: false),
        new(SocketTransport.Udp, "udp", IsDatagram: true, HasPort: true, IsLocal: false),
        new(SocketTransport.Unix, "unix", IsDatagram: false, HasPort: false, IsLocal: true),
        new(SocketTransport.Pipe, "pipe", IsDatagram: false, HasPort: false, IsLocal: true),
    ];
}
