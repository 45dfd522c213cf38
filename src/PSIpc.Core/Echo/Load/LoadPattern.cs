namespace PSIpc.Echo.Load;

/// <summary>
/// Which bytes each exchange sends: a slice of one random block, another one for each connection and from one message to the next,
/// so that a late or swapped echo is a wrong one. Nothing is copied or made for an exchange.
/// </summary>
internal sealed class LoadPattern(int messageBytes)
{
    // Small enough for the first-level cache. Aligned slices keep the kernel's copy fast.
    private const int Slots = 1024;
    private const int SlotBytes = 16;

    private readonly byte[] _block = MakeBlock(messageBytes);

    /// <summary>The message of an exchange.</summary>
    /// <param name="connection">The connection's index.</param>
    /// <param name="sequence">Which message of this connection it is.</param>
    internal ReadOnlyMemory<byte> Message(int connection, uint sequence)
    {
        // Knuth's multiplicative hash spreads the connections; adding walks each of them through all slots.
        uint slot = ((((uint)connection * 2654435761) >> 8) + sequence) % Slots;
        return new ReadOnlyMemory<byte>(_block, (int)slot * SlotBytes, messageBytes);
    }

    private static byte[] MakeBlock(int messageBytes)
    {
        byte[] block = GC.AllocateUninitializedArray<byte>((Slots * SlotBytes) + messageBytes, pinned: true);
        EchoPattern.Fill(block, 0, seed: messageBytes);
        return block;
    }
}
