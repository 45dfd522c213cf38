using System.Runtime.InteropServices;
using PSIpc.Interop;

namespace PSIpc.SystemV;

/// <summary>An attached segment. Its size never changes, so a copy inside it cannot fault.</summary>
internal sealed class SystemVView(SharedMemoryAddress address, int id, SharedMemoryAccess access, SafeShmMapping mapping, long size)
    : SharedMemoryView(address, access)
{
    public override int? Id => id;

    public override bool IsClosed => mapping.IsClosed;

    public override long Size
    {
        get
        {
            ObjectDisposedException.ThrowIf(mapping.IsClosed, this);
            return size;
        }
    }

    private protected override SafeHandle? Mapping => mapping;

    internal override bool IsRemoved => Libc.ShmStat(id, out ShmidDs stat).Raw != 0 || (stat.Perm.Mode & SysShmH.SHM_DEST) != 0;

    protected override void Dispose(bool disposing) => mapping.Dispose();

    private protected override unsafe void ReadCore(long offset, Span<byte> destination)
    {
        using var hold = new MappingHold(mapping);
        new ReadOnlySpan<byte>(hold.Pointer + offset, destination.Length).CopyTo(destination);
    }

    private protected override unsafe void WriteCore(long offset, ReadOnlySpan<byte> source)
    {
        using var hold = new MappingHold(mapping);
        source.CopyTo(new Span<byte>(hold.Pointer + offset, source.Length));
    }
}
