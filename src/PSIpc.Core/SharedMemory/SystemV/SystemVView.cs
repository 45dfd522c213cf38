using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.SystemV;

/// <summary>An attached segment.</summary>
internal sealed class SystemVView(IpcAddress address, SharedMemoryAccess access, int id, in ShmidDs stat, SafeShmMapping mapping)
    : MappedView(address, access, mapping, (long)stat.SegmentSize)
{
    public override int? Key { get; } = stat.Perm.Key;

    public override int? Id => id;

    internal override bool IsRemoved => !Libc.ShmStat(id, out ShmidDs stat).IsSuccess || (stat.Perm.Mode & SysShmH.SHM_DEST) != 0;
}
