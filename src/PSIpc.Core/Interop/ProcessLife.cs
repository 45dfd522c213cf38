using System.Globalization;

namespace PSIpc.Interop;

/// <summary>Whether a process that left its id somewhere is still the one that runs under it.</summary>
internal static class ProcessLife
{
    // Start times count from boot in ticks; a second on either side covers rounding and a stepped clock.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>True when the process runs and had started by the given time, so that a reused id is not taken for it.</summary>
    internal static bool IsAliveSince(int processId, DateTimeOffset time)
    {
        if (processId <= 0 || Libc.Kill(processId, 0).Code == Errno.ESRCH)
        {
            return false;
        }

        if (OperatingSystem.IsMacOS())
        {
            return Libc.GetProcess(processId, out KinfoProc process) && process.State != SysSysctlH.SZOMB
                && DateTimeOffset.FromUnixTimeSeconds(process.StartSeconds) - Slack <= time;
        }

        return ReadStat(processId) is not { } stat
            || (stat.State is not ('Z' or 'X') && stat.Started - Slack <= time);
    }

    /// <summary>False for what has no memory and no files of its own: a thread of the kernel, or a process that ended.</summary>
    internal static bool HoldsFiles(int processId) =>
        ReadStat(processId) is not { } stat || (stat.State is not ('Z' or 'X') && (stat.Flags & KernelThread) == 0);

    /// <summary>The state, the flags and the start time of proc(5)'s <c>/proc/PID/stat</c>; null where it cannot be read.</summary>
    private static (char State, uint Flags, DateTimeOffset Started)? ReadStat(int processId)
    {
        const int StateField = 0;
        const int FlagsField = 6;
        const int StartField = 19;
        try
        {
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));

            // The command in parentheses may hold spaces and parentheses of its own.
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            double seconds = double.Parse(fields[StartField], CultureInfo.InvariantCulture) / TicksPerSecond;
            uint flags = uint.Parse(fields[FlagsField], CultureInfo.InvariantCulture);
            return (fields[StateField][0], flags, DateTimeOffset.FromUnixTimeSeconds(BootTime) + TimeSpan.FromSeconds(seconds));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // PF_KTHREAD of the kernel's sched.h.
    private const uint KernelThread = 0x00200000;

    // USER_HZ: what /proc counts in, 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    private static long BootTime => File.ReadLines("/proc/stat")
        .Where(line => line.StartsWith("btime ", StringComparison.Ordinal))
        .Select(line => long.Parse(line.AsSpan("btime ".Length), CultureInfo.InvariantCulture))
        .First();
}
