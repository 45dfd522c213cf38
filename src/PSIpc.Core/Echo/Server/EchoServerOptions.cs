using System.Security.Cryptography.X509Certificates;
using PSIpc.Interop;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server;

/// <summary>What an echo server is to do. The defaults are safe: everything is bounded.</summary>
public sealed record EchoServerOptions
{
    /// <summary>The largest value of <see cref="MaxMessageBytes"/>: 1 GB.</summary>
    public const int LargestMessageBytes = 1 << 30;

    // For the process itself: the runtime's own files, the caller's, and what a library opens in passing.
    private const int DescriptorReserve = 256;

    /// <summary>Where to listen.</summary>
    public required SocketEndpoint Endpoint { get; init; }

    /// <summary>When to answer; <see cref="EchoMode.Stream"/> unless said otherwise. A datagram is a message in either mode.</summary>
    public EchoMode Mode { get; init; }

    /// <summary>The server's certificate with its private key, for TLS and only for it. The caller keeps owning it.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>
    /// How many connections may wait to be accepted (listen(2)); 1 to 65,535. The system may hold it lower (net.core.somaxconn).
    /// </summary>
    public int Backlog { get; init; } = 512;

    /// <summary>
    /// How many connections are served at once; one more is reset. 1 to as many descriptors as this process may open, less a reserve.
    /// </summary>
    public int MaxConnections { get; init; } = DefaultMaxConnections;

    /// <summary>
    /// The largest message of <see cref="EchoMode.Message"/>, in bytes; the connection of a larger one is reset. 1 to 1 GB; 16 MB by
    /// default.
    /// </summary>
    public int MaxMessageBytes { get; init; } = 16 << 20;

    /// <summary>
    /// A connection that neither sends nor takes a byte for this long is closed. 1 ms to 24 days, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never; 5 minutes by default. It comes up to a sixty-fourth of itself late.
    /// What a TCP peer has not taken after twice this time Linux drops with the connection.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How to misbehave; null for not at all.</summary>
    public EchoFault? Fault { get; init; }

    /// <summary>16,384, or less where this process may not open as many descriptors.</summary>
    public static int DefaultMaxConnections { get; } = Math.Min(16_384, LargestMaxConnections);

    private static int LargestMaxConnections =>
        !OperatingSystem.IsWindows() && Libc.GetDescriptorLimit(out ulong soft, out _).IsSuccess
            ? (int)Math.Clamp(soft, DescriptorReserve + 1, 1_048_576 + DescriptorReserve) - DescriptorReserve
            : 1_048_576;

    /// <exception cref="IpcException">An option is out of its range, or goes with another transport.</exception>
    internal void Validate()
    {
        if (Endpoint is null)
        {
            throw Invalid("A server needs an endpoint.");
        }

        if (!Enum.IsDefined(Mode))
        {
            throw Invalid($"{(int)Mode} isn't an echo mode.");
        }

        OptionRange.Check(nameof(Backlog), Backlog, 1, 65_535);
        OptionRange.Check(nameof(MaxMessageBytes), MaxMessageBytes, 1, LargestMessageBytes);
        int largest = LargestMaxConnections;
        if (MaxConnections > largest && largest < 1_048_576)
        {
            throw Invalid(
                $"MaxConnections is {MaxConnections}; this process may open {largest + DescriptorReserve} descriptors (ulimit -n), "
                + $"which with a reserve of {DescriptorReserve} leaves {largest} connections.");
        }

        OptionRange.Check(nameof(MaxConnections), MaxConnections, 1, largest);
        OptionRange.CheckTimeout(nameof(IdleTimeout), IdleTimeout, TimeSpan.FromMilliseconds(1));
        ValidateCertificate();
        Fault?.Validate();
    }

    private void ValidateCertificate()
    {
        if (Endpoint.Transport != SocketTransport.Tls)
        {
            if (Certificate is not null)
            {
                throw Invalid($"A certificate is for TLS; {Endpoint} is not.");
            }
        }
        else if (Certificate is null)
        {
            throw new IpcException(IpcErrorReason.EchoCertificateInvalid, "A TLS server needs a certificate with its private key.");
        }
        else if (!Certificate.HasPrivateKey)
        {
            throw new IpcException(
                IpcErrorReason.EchoCertificateInvalid,
                $"The certificate '{Certificate.Subject}' has no private key.");
        }
    }

    private static IpcException Invalid(string message) => new(IpcErrorReason.EchoOptionInvalid, message);
}

/// <summary>When an echo server answers.</summary>
public enum EchoMode
{
    /// <summary>Bytes go back as they arrive (RFC 862).</summary>
    Stream,

    /// <summary>Everything up to the peer's half-close is one message; then it goes back whole, and the server half-closes.</summary>
    Message,
}

/// <summary>
/// How a server misbehaves on purpose, for the tests of a client. What is null is left well; all of it can be combined.
/// Offsets and counts are of the bytes echoed over one connection; over UDP, of one datagram.
/// </summary>
public sealed record EchoFault
{
    /// <summary>The longest delay: an hour.</summary>
    public const int MaxDelayMilliseconds = 3_600_000;

    /// <summary>Each piece of the answer is held back this long; 0 to 3,600,000 ms.</summary>
    public int? DelayMilliseconds { get; init; }

    /// <summary>The answer is sent in pieces of at most this many bytes, at least 1; over UDP, each a datagram.</summary>
    public int? ChunkBytes { get; init; }

    /// <summary>The byte at this offset, counted from 0, goes back with all its bits inverted.</summary>
    public long? CorruptByte { get; init; }

    /// <summary>
    /// The connection is reset when this many bytes have gone back; with 0, when the first arrive. Over UDP the rest is not sent.
    /// </summary>
    public long? ResetAfterBytes { get; init; }

    /// <summary>
    /// The server falls silent, with the connection left open, when this many bytes have gone back. Over UDP the rest is not sent.
    /// </summary>
    public long? StallAfterBytes { get; init; }

    /// <summary>
    /// Each n-th connection is reset as soon as it is made, and with 1 every one; over UDP, each n-th datagram is ignored.
    /// </summary>
    public int? RefuseEvery { get; init; }

    internal void Validate()
    {
        Check(nameof(DelayMilliseconds), DelayMilliseconds, 0, MaxDelayMilliseconds);
        Check(nameof(ChunkBytes), ChunkBytes, 1, int.MaxValue);
        Check(nameof(CorruptByte), CorruptByte, 0, long.MaxValue);
        Check(nameof(ResetAfterBytes), ResetAfterBytes, 0, long.MaxValue);
        Check(nameof(StallAfterBytes), StallAfterBytes, 0, long.MaxValue);
        Check(nameof(RefuseEvery), RefuseEvery, 1, int.MaxValue);

        static void Check(string name, long? value, long least, long most) =>
            OptionRange.Check($"The fault {name}", value, least, most, IpcErrorReason.EchoFaultInvalid);
    }
}
