using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct stat</c> of macOS, with its 64-bit inode number.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal struct DarwinStat
{
    [FieldOffset(0)] internal int Device;
    [FieldOffset(4)] internal ushort Mode;
    [FieldOffset(6)] internal ushort LinkCount;
    [FieldOffset(8)] internal ulong Inode;
    [FieldOffset(16)] internal uint Uid;
    [FieldOffset(20)] internal uint Gid;
    [FieldOffset(48)] internal TimeSpec Modified;
    [FieldOffset(64)] internal TimeSpec Changed;
    [FieldOffset(80)] internal TimeSpec Born;
    [FieldOffset(96)] internal long Size;
    [FieldOffset(104)] internal long Blocks;

    /// <summary>The same in the structure that the rest of the library reads; a device is one number here.</summary>
    internal readonly Statx ToStatx() => new()
    {
        Mask = SysStatH.STATX_BASIC_STATS,
        LinkCount = LinkCount,
        Uid = Uid,
        Gid = Gid,
        Mode = Mode,
        Inode = Inode,
        Size = (ulong)Size,
        Blocks = (ulong)Blocks,
        BirthSeconds = Born.Seconds,
        BirthNanoseconds = (uint)Born.Nanoseconds,
        ChangeSeconds = Changed.Seconds,
        ChangeNanoseconds = (uint)Changed.Nanoseconds,
        ModifySeconds = Modified.Seconds,
        ModifyNanoseconds = (uint)Modified.Nanoseconds,
        DeviceMinor = (uint)Device,
    };
}
