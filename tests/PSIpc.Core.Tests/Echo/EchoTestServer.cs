using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using PSIpc.TestSupport;

namespace PSIpc.Core.Tests;

/// <summary>Servers for tests: every transport, and both engines where there are two.</summary>
internal static class EchoTestServer
{
    /// <summary>Each kind serves connections; datagrams have tests of their own.</summary>
    public static readonly string[] Kinds = ["tcp", "tcp6", "tcp-streams", "unix", "unix-streams", "pipe", "pipe-streams", "tls"];

    private static readonly Lazy<X509Certificate2> SelfSigned = new(MakeCertificate);

    public static X509Certificate2 Certificate => SelfSigned.Value;

    public static EchoServer Start(
        string kind, EchoMode mode = EchoMode.Stream, Func<EchoServerOptions, EchoServerOptions>? configure = null)
    {
        if (kind == "tcp6" && !System.Net.Sockets.Socket.OSSupportsIPv6)
        {
            Xunit.Assert.Skip("This machine has no IPv6.");
        }

        Xunit.Assert.SkipWhen(
            Wine.IsHere && kind is ("unix" or "unix-streams" or "tls"),
            "Wine has no Unix sockets, and no keys for a certificate.");

        var options = new EchoServerOptions
        {
            Endpoint = kind.Split('-')[0] switch
            {
                "tcp" => SocketEndpoint.Tcp("127.0.0.1", 0),
                "tcp6" => SocketEndpoint.Tcp("::1", 0),
                "udp" => SocketEndpoint.Udp("127.0.0.1", 0),
                "tls" => SocketEndpoint.Tls("127.0.0.1", 0),
                "unix" => SocketEndpoint.Unix(UniquePath()),
                _ => SocketEndpoint.Pipe(TestAddress.NextName()),
            },
            Mode = mode,
            Certificate = kind == "tls" ? Certificate : null,
        };
        return EchoServer.Start(configure?.Invoke(options) ?? options, usesStreams: kind.EndsWith("-streams", StringComparison.Ordinal));
    }

    public static string UniquePath() => Path.Combine(Path.GetTempPath(), TestAddress.NextName() + ".sock");

    /// <summary>Bytes that differ from place to place.</summary>
    public static byte[] Pattern(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
