using System.Globalization;
using PSIpc.Interop;
using PSIpc.Objects;
using PSIpc.Procfs;

namespace PSIpc.SharedMemory.SystemV;

/// <summary>The kernel's table of segments and its limits, where each system has them: it shows also those that this user may not IPC_STAT.</summary>
internal static class SegmentTable
{
    internal static bool Exists => OperatingSystem.IsMacOS() || File.Exists(LinuxSegmentTable.Path);

    internal static List<SharedMemoryInfo> Read() => Read(static _ => true);

    internal static SharedMemoryInfo? Find(IpcAddress address) =>
        Read(row => address.Id is { } id ? row.Id == id && !address.IsAnother(row.CreatorPid, row.Size) : row.Key == address.Key).FirstOrDefault();

    /// <summary>A limit: <c>shmmax</c>, <c>shmall</c> or <c>shmmni</c>.</summary>
    internal static ulong Limit(string name)
    {
        if (!OperatingSystem.IsMacOS())
        {
            return ulong.Parse(File.ReadAllText(LimitSource(name)), CultureInfo.InvariantCulture);
        }

        Libc.SystemNumber(LimitSource(name), out long value).ThrowIfFailed($"sysctl of {LimitSource(name)}");
        return (ulong)value;
    }

    /// <summary>Where a limit is read and set.</summary>
    internal static string LimitSource(string name) => OperatingSystem.IsMacOS() ? $"kern.sysv.{name}" : $"/proc/sys/kernel/{name}";

    private static List<SharedMemoryInfo> Read(Func<SegmentRow, bool> wanted) =>
        OperatingSystem.IsMacOS() ? DarwinSegmentTable.Read(wanted) : LinuxSegmentTable.Parse(File.ReadAllBytes(LinuxSegmentTable.Path), wanted);
}
