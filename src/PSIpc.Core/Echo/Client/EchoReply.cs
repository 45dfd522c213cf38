namespace PSIpc.Echo.Client;

/// <summary>
/// What came of one message: a plain snapshot without handles, the same after serialization.
/// A reply that differs from the message is a reply; only a connection that failed is an exception.
/// </summary>
public sealed class EchoReply
{
    /// <summary>The number given in the options, to tell repeated messages apart.</summary>
    public long Sequence { get; init; }

    /// <summary>The endpoint as it was given: <c>tcp://localhost:7</c>.</summary>
    public string Endpoint { get; init; } = string.Empty;

    /// <summary>What carried the bytes.</summary>
    public string Transport { get; init; } = "";

    /// <summary>The address that answered, the socket's path or the pipe's name.</summary>
    public string RemoteEndpoint { get; init; } = string.Empty;

    /// <summary>This side's address and port; empty where this side has no name (Unix sockets and pipes).</summary>
    public string LocalEndpoint { get; init; } = string.Empty;

    /// <summary>How many bytes of the message the connection took.</summary>
    public long BytesSent { get; init; }

    /// <summary>How many bytes came back, as far as they were collected.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Whether exactly the message came back.</summary>
    public bool Matches { get; init; }

    /// <summary>
    /// The offset of the first byte that differs; the message's length where more came back than went out; null where nothing differs.
    /// </summary>
    public long? MismatchOffset { get; init; }

    /// <summary>The byte that should be at <see cref="MismatchOffset"/>; null past the message's end.</summary>
    public byte? ExpectedByte { get; init; }

    /// <summary>The byte that came back at <see cref="MismatchOffset"/>; null where a datagram ended there.</summary>
    public byte? ActualByte { get; init; }

    /// <summary>What came back as text; null where it was verified and not kept.</summary>
    public string? Reply { get; init; }

    /// <summary>What came back; null where it was verified and not kept. At most 64 KB more than went out.</summary>
#pragma warning disable CA1819 // Exact bytes are an array, which only the owner of the reply has.
    public byte[]? Bytes { get; init; }
#pragma warning restore CA1819

    /// <summary>From the call to the connection: resolving the name, connecting, the TLS handshake.</summary>
    public TimeSpan ConnectTime { get; init; }

    /// <summary>From the first byte out to the end of the reply.</summary>
    public TimeSpan RoundTripTime { get; init; }

    /// <summary>For callers to whom a wrong reply is an error: throws where the reply is not the message.</summary>
    /// <exception cref="IpcException">It is not; the message has the offset and both bytes.</exception>
    public void ThrowIfMismatch()
    {
        if (!Matches)
        {
            string found = (ExpectedByte, ActualByte) switch
            {
                ({ } expected, { } actual) => $"the byte at offset {MismatchOffset} is 0x{actual:X2} and not 0x{expected:X2}",
                ({ } expected, null) => $"it ends at offset {MismatchOffset}, where 0x{expected:X2} should be",
                _ => $"more came back than the {BytesSent} bytes that went out: at offset {MismatchOffset} there is 0x{ActualByte:X2}",
            };
            throw new IpcException(IpcErrorReason.EchoReplyMismatch, $"The reply of {Endpoint} is not the message: {found}.");
        }
    }
}
