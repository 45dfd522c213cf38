using PSIpc.Echo.Client;
using PSIpc.Sockets;

namespace PSIpc.Echo.Load;

/// <summary>How <see cref="EchoLoad"/> keeps a server busy, and for how long.</summary>
public sealed record EchoLoadOptions
{
    /// <summary>The longest message, in bytes, over anything but UDP.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    /// <summary>How many connections are kept busy, each with one message at a time; 1 to 65,536, 1 unless set.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>The size of a message in bytes; 1 to <see cref="MaxMessageBytes"/> (UDP: 65,507), 64 unless set.</summary>
    public int MessageBytes { get; init; } = 64;

    /// <summary>
    /// How long it goes on, from when all connections are made; 10 s unless this or <see cref="Count"/> is set. Up to a day.
    /// </summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// How many exchanges are made at most, failed ones included; 1 or more. With <see cref="Duration"/>, whatever comes first.
    /// </summary>
    public long? Count { get; init; }

    /// <summary>The time for a connection, the TLS handshake included; 10 s unless set.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time for one exchange, after which it has failed and the connection is made anew; 10 s unless set.</summary>
    public TimeSpan ExchangeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Accepts any certificate of a TLS server; false unless set.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>
    /// Gets what is told how far it is, at most every <see cref="ProgressInterval"/>: by <see cref="EchoLoad.Run"/> on the calling
    /// thread, by <see cref="EchoLoad.RunAsync"/> on the thread of the load. What it throws ends the load.
    /// </summary>
    public IProgress<EchoLoadProgress>? Progress { get; init; }

    /// <summary>At least 200 ms, which it is unless set.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Gets what is told how the server is reached: its addresses, which were tried and why one failed, and what moves the bytes. From
    /// any thread; null, the default, costs nothing.
    /// </summary>
    public IProgress<string>? Trace { get; init; }

    internal TimeSpan EffectiveDuration => Duration ?? (Count is null ? TimeSpan.FromSeconds(10) : Timeout.InfiniteTimeSpan);

    internal void Check(SocketEndpoint endpoint)
    {
        OptionRange.Check(nameof(Connections), Connections, 1, 65_536);
        OptionRange.Check(nameof(Count), Count, 1, long.MaxValue);
        OptionRange.Check(nameof(MessageBytes), MessageBytes, 1, MaxMessageBytes);
        if (endpoint.Facts.IsDatagram && MessageBytes > DatagramClientConnection.MaxBytes)
        {
            throw new IpcException(
                IpcErrorReason.EchoMessageTooLarge,
                $"{endpoint}: a message of {MessageBytes} bytes is more than the {DatagramClientConnection.MaxBytes} of a UDP datagram.");
        }

        OptionRange.Check(nameof(Duration), Duration, TimeSpan.FromTicks(1), TimeSpan.FromDays(1));
        OptionRange.Check(nameof(ProgressInterval), ProgressInterval, TimeSpan.FromMilliseconds(200), TimeSpan.MaxValue);
        OptionRange.CheckTimeout(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromTicks(1));
        OptionRange.CheckTimeout(nameof(ExchangeTimeout), ExchangeTimeout, TimeSpan.FromTicks(1));
    }
}

/// <summary>How far a load is.</summary>
/// <param name="Elapsed">The time since all connections were made.</param>
/// <param name="Exchanges">How many exchanges succeeded so far.</param>
/// <param name="Errors">How many failures there were so far.</param>
/// <param name="Rate">Exchanges a second since the last report.</param>
/// <param name="Fraction">How much of the time or the count is done, 0 to 1.</param>
public readonly record struct EchoLoadProgress(TimeSpan Elapsed, long Exchanges, long Errors, double Rate, double Fraction);
