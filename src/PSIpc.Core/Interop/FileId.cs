using System.Globalization;

namespace PSIpc.Interop;

/// <summary>A file as the kernel numbers it, by which it is the same one under any name and in any mount namespace.</summary>
internal readonly record struct FileId(uint Major, uint Minor, ulong Inode)
{
    /// <summary>The file behind a System V segment: its inode is the segment's id, and its device is known to the kernel alone.</summary>
    internal static FileId OfSegment(int id) => new(uint.MaxValue, uint.MaxValue, (ulong)id);

    /// <summary>The device as <c>/proc/self/mountinfo</c> shows it: <c>0:27</c>.</summary>
    internal string Device => string.Create(CultureInfo.InvariantCulture, $"{Major}:{Minor}");

    internal static FileId Of(in Statx stat) => new(stat.DeviceMajor, stat.DeviceMinor, stat.Inode);

    /// <summary>The file that a path names; null where there is none, and on Windows.</summary>
    internal static FileId? OfPath(string path) =>
        !OperatingSystem.IsWindows() && Libc.StatPath(path, out Statx stat).IsSuccess ? Of(stat) : null;

    /// <summary>The file with these numbers.</summary>
    /// <param name="device">The device, as <see cref="Device"/> writes it.</param>
    /// <param name="inode">The inode.</param>
    /// <returns>Null when the text is not a device.</returns>
    internal static FileId? Parse(string device, ulong inode) =>
        device.Split(':') is [var major, var minor]
        && uint.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out uint majorNumber)
        && uint.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out uint minorNumber)
            ? new(majorNumber, minorNumber, inode)
            : null;
}
