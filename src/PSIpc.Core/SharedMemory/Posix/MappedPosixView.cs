using PSIpc.Interop;

namespace PSIpc.Posix;

/// <summary>A mapped POSIX object. Its descriptor is closed: a mapping needs none.</summary>
internal sealed class MappedPosixView(SharedMemoryAddress address, SharedMemoryAccess access, SafePosixMapping mapping, long size)
    : MappedView(address, access, mapping, size)
{
    internal override bool IsRemoved => !MappedPosixBackend.Exists(Address);
}
