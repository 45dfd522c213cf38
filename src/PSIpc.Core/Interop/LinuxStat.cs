using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct stat</c> of Linux on x64 and arm64, which differ from the third field to the seventh.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal struct LinuxStat
{
    [FieldOffset(0)] internal ulong Device;
    [FieldOffset(8)] internal ulong Inode;
    [FieldOffset(16)] internal ulong LinkCountX64;
    [FieldOffset(24)] internal uint ModeX64;
    [FieldOffset(28)] internal uint UidX64;
    [FieldOffset(32)] internal uint GidX64;
    [FieldOffset(16)] internal uint ModeArm64;
    [FieldOffset(20)] internal uint LinkCountArm64;
    [FieldOffset(24)] internal uint UidArm64;
    [FieldOffset(28)] internal uint GidArm64;
    [FieldOffset(48)] internal long Size;
    [FieldOffset(64)] internal long Blocks;
    [FieldOffset(88)] internal TimeSpec Modified;
    [FieldOffset(104)] internal TimeSpec Changed;

    /// <summary>The same in the structure that the rest of the library reads.</summary>
    internal readonly Statx ToStatx()
    {
        bool x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        return new()
        {
            Mask = SysStatH.STATX_BASIC_STATS,
            LinkCount = x64 ? (uint)LinkCountX64 : LinkCountArm64,
            Uid = x64 ? UidX64 : UidArm64,
            Gid = x64 ? GidX64 : GidArm64,
            Mode = (ushort)(x64 ? ModeX64 : ModeArm64),
            Inode = Inode,
            Size = (ulong)Size,
            Blocks = (ulong)Blocks,
            ChangeSeconds = Changed.Seconds,
            ChangeNanoseconds = (uint)Changed.Nanoseconds,
            ModifySeconds = Modified.Seconds,
            ModifyNanoseconds = (uint)Modified.Nanoseconds,

            // makedev(3): the older bits of both numbers are below the newer ones.
            DeviceMajor = (uint)((Device >> 8) & 0xfff) | (uint)((Device >> 32) & ~0xfffUL),
            DeviceMinor = (uint)(Device & 0xff) | (uint)((Device >> 12) & ~0xffUL),
        };
    }
}
