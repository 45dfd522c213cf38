using System.Runtime.InteropServices;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>A view of memory that is mapped and whose size never changes, so that a copy inside it cannot fault.</summary>
internal abstract class MappedView(IpcAddress address, SharedMemoryAccess access, SafeHandle mapping, long size)
    : SharedMemoryView(address, access)
{
    public sealed override bool IsClosed => mapping.IsClosed;

    public sealed override long Size
    {
        get
        {
            ObjectDisposedException.ThrowIf(mapping.IsClosed, this);
            return size;
        }
    }

    private protected sealed override SafeHandle? Mapping => mapping;

    protected sealed override void Dispose(bool disposing) => mapping.Dispose();

    private protected sealed override unsafe void ReadCore(long offset, Span<byte> destination)
    {
        using var hold = new MappingReference(mapping);
        new ReadOnlySpan<byte>(hold.Pointer + offset, destination.Length).CopyTo(destination);
    }

    private protected sealed override unsafe void WriteCore(long offset, ReadOnlySpan<byte> source)
    {
        using var hold = new MappingReference(mapping);
        source.CopyTo(new Span<byte>(hold.Pointer + offset, source.Length));
    }
}
