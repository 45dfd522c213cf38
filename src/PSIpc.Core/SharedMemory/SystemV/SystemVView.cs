using PSIpc.Interop;

namespace PSIpc.SystemV;

/// <summary>An attached segment. Its size never changes, so a copy inside it cannot fault.</summary>
internal sealed class SystemVView(SharedMemoryAddress address, SharedMemoryAccess access, int id, SafeShmMapping mapping, long size)
    : SharedMemoryView(address, access)
{
    public override long Size
    {
        get
        {
            ObjectDisposedException.ThrowIf(mapping.IsClosed, this);
            return size;
        }
    }

    internal override bool IsRemoved => Libc.ShmStat(id, out ShmidDs stat).Raw != 0 || (stat.Perm.Mode & SysShmH.SHM_DEST) != 0;

    protected override void Dispose(bool disposing) => mapping.Dispose();

    private protected override unsafe void ReadCore(long offset, Span<byte> destination)
    {
        // Held for the copy, so that a Dispose on another thread detaches only after it.
        bool held = false;
        mapping.DangerousAddRef(ref held);
        try
        {
            new ReadOnlySpan<byte>(mapping.Pointer + offset, destination.Length).CopyTo(destination);
        }
        finally
        {
            mapping.DangerousRelease();
        }
    }

    private protected override unsafe void WriteCore(long offset, ReadOnlySpan<byte> source)
    {
        bool held = false;
        mapping.DangerousAddRef(ref held);
        try
        {
            source.CopyTo(new Span<byte>(mapping.Pointer + offset, source.Length));
        }
        finally
        {
            mapping.DangerousRelease();
        }
    }
}
