namespace PSIpc.Interop;

/// <summary>A file as the kernel numbers it, by which it is the same one under any name and in any mount namespace.</summary>
internal readonly record struct FileNumber(uint Major, uint Minor, ulong Inode)
{
    /// <summary>The file behind a System V segment: its inode is the segment's id, and its device is known to the kernel alone.</summary>
    internal static FileNumber OfSegment(int id) => new(uint.MaxValue, uint.MaxValue, (ulong)id);

    internal static FileNumber Of(in Statx stat) => new(stat.DeviceMajor, stat.DeviceMinor, stat.Inode);
}
