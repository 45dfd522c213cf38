using PSIpc.Interop;

namespace PSIpc;

/// <summary>Which file a path names, by device and inode.</summary>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode)
{
    /// <summary>Null when there is none, and on Windows.</summary>
    internal static FileIdentity? Of(string path) =>
        !OperatingSystem.IsWindows() && Libc.StatPath(path, out Statx status).Raw == 0
            ? new FileIdentity(status.DeviceMajor, status.DeviceMinor, status.Inode)
            : null;
}
