using PSIpc.Interop;

namespace PSIpc.Posix;

/// <summary>A mapped POSIX object. Its descriptor is closed: a mapping needs none.</summary>
internal sealed class MappedPosixView(SharedMemoryAddress address, SharedMemoryAccess access, SafePosixMapping mapping, in Statx stat)
    : MappedView(address, access, mapping, (long)stat.Size)
{
    internal override bool IsRemoved => !MappedPosixBackend.Exists(ExactAddress);

    private protected override FileNumber? File { get; } = FileNumber.Of(stat);
}
