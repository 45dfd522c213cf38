namespace PSIpc.Echo.Server;

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

    /// <summary>The connection is reset when this many bytes have gone back; with 0, when the first arrive. Over UDP the rest is not sent.</summary>
    public long? ResetAfterBytes { get; init; }

    /// <summary>The server falls silent, with the connection left open, when this many bytes have gone back. Over UDP the rest is not sent.</summary>
    public long? StallAfterBytes { get; init; }

    /// <summary>Each n-th connection is reset as soon as it is made, and with 1 every one; over UDP, each n-th datagram is ignored.</summary>
    public int? RefuseEvery { get; init; }

    internal void Validate()
    {
        Check(nameof(DelayMilliseconds), DelayMilliseconds, 0, MaxDelayMilliseconds);
        Check(nameof(ChunkBytes), ChunkBytes, 1, int.MaxValue);
        Check(nameof(CorruptByte), CorruptByte, 0, long.MaxValue);
        Check(nameof(ResetAfterBytes), ResetAfterBytes, 0, long.MaxValue);
        Check(nameof(StallAfterBytes), StallAfterBytes, 0, long.MaxValue);
        Check(nameof(RefuseEvery), RefuseEvery, 1, int.MaxValue);
    }

    private static void Check(string name, long? value, long smallest, long largest)
    {
        if (value < smallest || value > largest)
        {
            throw new IpcException(
                IpcErrorReason.EchoFaultInvalid,
                $"The fault {name} is {value}; it can be {smallest} to {largest}.");
        }
    }
}
