using System.Diagnostics;

namespace PSIpc.TestSupport;

/// <summary>What this process holds and what the system holds, to compare before and after.</summary>
public static class Leftovers
{
    /// <summary>How many descriptors, or on Windows handles, this process has open.</summary>
    public static int Descriptors()
    {
        using var self = Process.GetCurrentProcess();
        return OperatingSystem.IsWindows() ? self.HandleCount
            : Directory.GetFiles(OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd").Length;
    }

    /// <summary>How many shared memory mappings this process has.</summary>
    public static int SharedMappings() => !OperatingSystem.IsLinux() ? 0
        : File.ReadLines("/proc/self/maps")
            .Count(line => line.Contains("/SYSV", StringComparison.Ordinal) || line.Contains("/dev/shm", StringComparison.Ordinal));

    /// <summary>The ids of System V segments of which this process is the creator.</summary>
    public static int Segments() => !OperatingSystem.IsLinux() ? 0 : File.ReadLines("/proc/sysvipc/shm").Skip(1)
        .Count(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4] == Environment.ProcessId.ToString(
            System.Globalization.CultureInfo.InvariantCulture));
}
