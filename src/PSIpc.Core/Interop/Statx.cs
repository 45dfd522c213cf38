using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct statx</c> of Linux, the one stat structure that is the same on every architecture (statx(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Statx
{
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const uint STATX_BTIME = 0x800;
    internal const int S_IFMT = 0xF000;
    internal const int S_IFREG = 0x8000;

    [FieldOffset(0)] internal uint Mask;
    [FieldOffset(16)] internal uint LinkCount;
    [FieldOffset(20)] internal uint Uid;
    [FieldOffset(24)] internal uint Gid;
    [FieldOffset(28)] internal ushort Mode;
    [FieldOffset(32)] internal ulong Inode;
    [FieldOffset(40)] internal ulong Size;
    [FieldOffset(48)] internal ulong Blocks;
    [FieldOffset(80)] internal long BirthSeconds;
    [FieldOffset(88)] internal uint BirthNanoseconds;
    [FieldOffset(96)] internal long ChangeSeconds;
    [FieldOffset(104)] internal uint ChangeNanoseconds;
    [FieldOffset(112)] internal long ModifySeconds;
    [FieldOffset(120)] internal uint ModifyNanoseconds;
    [FieldOffset(136)] internal uint DeviceMajor;
    [FieldOffset(140)] internal uint DeviceMinor;

    internal readonly bool IsRegularFile => (Mode & S_IFMT) == S_IFREG;
}
