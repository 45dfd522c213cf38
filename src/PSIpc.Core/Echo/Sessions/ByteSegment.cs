namespace PSIpc;

/// <summary>A link of a <see cref="ByteQueue"/>.</summary>
internal sealed class ByteSegment(int size)
{
    internal readonly byte[] Buffer = GC.AllocateUninitializedArray<byte>(size);
    internal int Start;
    internal int End;
    internal ByteSegment? Next;

    internal void Reset()
    {
        Start = 0;
        End = 0;
        Next = null;
    }
}
