using System.Text;

namespace PSIpc.Echo.Client;

/// <summary>How <see cref="EchoClient"/> sends a message and what it does with the reply.</summary>
public sealed record EchoClientOptions
{
    /// <summary>
    /// The time for resolving, connecting and the TLS handshake, shared by all addresses of a name; 10 s unless set.
    /// More than 0, at most <see cref="int.MaxValue"/> ms, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time for everything, connecting included; 30 s unless set. The range is that of <see cref="ConnectTimeout"/>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// True, the default: shut down the sending side after the message and collect until EOF. False: be done when as many bytes
    /// came back as went out, for servers and proxies that close at a half-close. Named pipes and datagrams have no half-close.
    /// </summary>
    public bool HalfClose { get; init; } = true;

    /// <summary>
    /// True, the default: the reply holds what came back. False: what comes back is verified and dropped, and the first wrong
    /// byte ends the exchange, so a message of any size goes through in bounded memory.
    /// </summary>
    public bool KeepReply { get; init; } = true;

    /// <summary>Makes the reply's text of its bytes; UTF-8 unless set.</summary>
    public Encoding Encoding { get; init; } = Encoding.UTF8;

    /// <summary>Accepts any certificate of a TLS server, for tests with self-signed ones; false unless set.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The number that the reply carries, to tell repeated messages apart.</summary>
    public long Sequence { get; init; }

    /// <summary>
    /// Gets what is told four times a second or more often how many bytes have gone out: by <see cref="EchoClient.Send"/> on the
    /// calling thread, by <see cref="EchoClient.SendAsync"/> from any. Null, the default, costs nothing.
    /// </summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>
    /// Gets what is told how the server is reached: its addresses, which were tried and why one failed, what moves the bytes and how
    /// long it took; never what is sent. From any thread; null, the default, costs nothing.
    /// </summary>
    public IProgress<string>? Trace { get; init; }

    internal void Check()
    {
        OptionRange.CheckTimeout(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromTicks(1));
        OptionRange.CheckTimeout(nameof(Timeout), Timeout, TimeSpan.FromTicks(1));
    }
}
