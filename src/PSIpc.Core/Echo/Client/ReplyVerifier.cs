using System.Buffers;

namespace PSIpc.Echo.Client;

/// <summary>Compares what comes back with what went out, chunk by chunk, and keeps it where that is wanted, within a bound.</summary>
internal sealed class ReplyVerifier(EchoPayload payload, bool keep)
{
    /// <summary>How much more than the message is kept, to show the reply of a server that isn't an echo server.</summary>
    internal const int SurplusBytes = 64 * 1024;

    // A power of two over a socket buffer's usual chunk; only payloads that are computed or read need it.
    private const int ScratchBytes = 64 * 1024;

    private byte[] _kept = keep ? new byte[(int)Math.Min(payload.Length, SurplusBytes)] : [];

    internal long Received { get; private set; }

    internal long? MismatchOffset { get; private set; }

    internal byte? Expected { get; private set; }

    internal byte? Actual { get; private set; }

    internal bool HasAll => Received >= payload.Length;

    internal bool Matches => MismatchOffset is null && Received == payload.Length;

    /// <summary>Takes the next bytes. False: enough was seen, what follows could not change the result.</summary>
    internal bool Accept(ReadOnlySpan<byte> chunk)
    {
        if (MismatchOffset is null)
        {
            Compare(chunk);
        }

        if (!keep)
        {
            Received += chunk.Length;
            return MismatchOffset is null;
        }

        long bound = payload.Length + SurplusBytes;
        Keep(chunk[..(int)Math.Min(chunk.Length, bound - Received)]);
        return Received < bound;
    }

    /// <summary>Takes what came as the whole reply: where it is shorter than the message, the first byte missing differs.</summary>
    internal void End()
    {
        if (MismatchOffset is null && Received < payload.Length)
        {
            (MismatchOffset, Expected) = (Received, payload.Slice(Received, new byte[1]).Span[0]);
        }
    }

    /// <summary>What was kept, as an array of just that length; null where nothing is kept.</summary>
    internal byte[]? TakeBytes()
    {
        if (!keep)
        {
            return null;
        }

        Array.Resize(ref _kept, (int)Received);
        return _kept;
    }

    private void Compare(ReadOnlySpan<byte> chunk)
    {
        byte[]? scratch = payload.IsInMemory ? null : ArrayPool<byte>.Shared.Rent(ScratchBytes);
        try
        {
            long offset = Received;
            while (!chunk.IsEmpty && offset < payload.Length && MismatchOffset is null)
            {
                ReadOnlySpan<byte> expected = payload.Slice(offset, scratch).Span;
                int count = Math.Min(expected.Length, chunk.Length);
                int same = chunk[..count].CommonPrefixLength(expected[..count]);
                if (same < count)
                {
                    (MismatchOffset, Expected, Actual) = (offset + same, expected[same], chunk[same]);
                }

                offset += count;
                chunk = chunk[count..];
            }

            if (!chunk.IsEmpty && MismatchOffset is null)
            {
                (MismatchOffset, Actual) = (offset, chunk[0]);
            }
        }
        finally
        {
            if (scratch is not null)
            {
                ArrayPool<byte>.Shared.Return(scratch);
            }
        }
    }

    private void Keep(ReadOnlySpan<byte> chunk)
    {
        int needed = (int)Received + chunk.Length;
        if (needed > _kept.Length)
        {
            Array.Resize(ref _kept, (int)Math.Min(Math.Max(needed, 2L * _kept.Length), Math.Max(needed, payload.Length)));
        }

        chunk.CopyTo(_kept.AsSpan((int)Received));
        Received = needed;
    }
}
