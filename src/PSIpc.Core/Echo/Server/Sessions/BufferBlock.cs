namespace PSIpc.Echo.Server.Sessions;

/// <summary>A link of a <see cref="ByteQueue"/>.</summary>
internal sealed class BufferBlock(int size)
{
    internal readonly byte[] Buffer = GC.AllocateUninitializedArray<byte>(size);
    internal int Start;
    internal int End;
    internal BufferBlock? Next;

    internal void Reset()
    {
        Start = 0;
        End = 0;
        Next = null;
    }
}
