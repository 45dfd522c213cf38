using System.Buffers.Binary;

namespace PSIpc.Echo;

/// <summary>Bytes computed from their offset: splitmix64 of the index of each eight (Steele, Lea and Flood, 2014).</summary>
internal static class EchoPattern
{
    internal static void Fill(Span<byte> destination, long offset, long seed)
    {
        ulong word = (ulong)(offset >> 3);
        int skip = (int)(offset & 7);
        Span<byte> edge = stackalloc byte[sizeof(ulong)];
        if (skip != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(edge, Word(word++, seed));
            int head = Math.Min(sizeof(ulong) - skip, destination.Length);
            edge.Slice(skip, head).CopyTo(destination);
            destination = destination[head..];
        }

        for (; destination.Length >= sizeof(ulong); destination = destination[sizeof(ulong)..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, Word(word++, seed));
        }

        if (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(edge, Word(word, seed));
            edge[..destination.Length].CopyTo(destination);
        }
    }

    private static ulong Word(ulong index, long seed)
    {
        ulong z = (index + 1 + (ulong)seed * 0xD1342543DE82EF95) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
