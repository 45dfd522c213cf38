using PSIpc.Interop;

namespace PSIpc.SharedMemory.SystemV;

/// <summary>The kernel's table of segments on macOS, <c>kern.sysv.ipcs.shm</c>, which ipcs(1) reads.</summary>
internal static class DarwinSegmentTable
{
    internal static List<SharedMemoryInfo> Read(Func<SegmentRow, bool> wanted)
    {
        var snapshots = new SegmentSnapshots(wanted);
        int next = 0;
        while (true)
        {
            NativeResult result = Libc.NextSegment(ref next, out DarwinShmidDs segment);
            if (result.Error.Code is Errno.ENOENT or Errno.ERANGE)
            {
                return snapshots.Found;
            }

            result.ThrowIfFailed("sysctl of kern.sysv.ipcs.shm");
            snapshots.Add(Row(next - 1, segment));
        }
    }

    /// <summary>The row of the segment at an index, from which and its sequence number the kernel makes the id (IXSEQ_TO_IPCID).</summary>
    internal static SegmentRow Row(int index, in DarwinShmidDs segment) => new()
    {
        Key = segment.Perm.Key,
        Id = (segment.Perm.Sequence << 16) | index,
        Mode = segment.Perm.Mode,
        Size = (long)segment.SegmentSize,
        CreatorPid = segment.CreatorPid,
        LastPid = segment.LastPid,
        AttachCount = segment.AttachCount,
        Uid = segment.Perm.Uid,
        Gid = segment.Perm.Gid,
        AttachTime = segment.AttachTime,
        DetachTime = segment.DetachTime,
        ChangeTime = segment.ChangeTime,
    };
}
