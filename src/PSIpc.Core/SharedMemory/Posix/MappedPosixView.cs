using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Posix;

/// <summary>A mapped POSIX object. Its descriptor is closed: a mapping needs none.</summary>
internal sealed class MappedPosixView(IpcAddress address, SharedMemoryAccess access, SafePosixMapping mapping, in Statx stat)
    : MappedView(address, access, mapping, (long)stat.Size)
{
    internal override bool IsRemoved => !MappedPosixBackend.Exists(ToExactAddress());

    private protected override FileId? File { get; } = FileId.Of(stat);
}
