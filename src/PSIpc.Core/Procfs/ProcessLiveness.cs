using System.Globalization;
using PSIpc.Interop;

namespace PSIpc.Procfs;

/// <summary>Whether a process has an ID now, and when that process started.</summary>
internal static class ProcessLiveness
{
    // PF_KTHREAD and PF_EXITING of the kernel's sched.h.
    private const uint KernelThread = 0x00200000;
    private const uint Exiting = 0x00000004;

    // USER_HZ: what /proc counts in, 100 on every architecture that .NET runs on.
    private const long TicksPerSecond = 100;
    private const long MicrosecondsPerSecond = 1_000_000;

    // A change time is a whole second, rounded down, of a clock that the kernel renews every tick.
    private static readonly TimeSpan ChangeTimeError = TimeSpan.FromSeconds(1.02);

    // /proc can show the processes of another PID namespace, in which the same IDs are other processes.
    private static readonly Lazy<bool> ProcIsOurs = new(static () =>
        new FileInfo("/proc/self").LinkTarget == Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Looks whether a process has this ID. One that has ended and that its parent has not waited for does not count; its ID is not
    /// reused until then.
    /// </summary>
    /// <param name="processId">The ID.</param>
    /// <returns>
    /// Whether there is one, and its start: on Linux in ticks since boot, which no step of the clock changes, on macOS in microseconds
    /// since 1970, as the kernel noted them at the start; null where it cannot be read.
    /// </returns>
    internal static (bool Exists, long? StartTicks) Look(int processId)
    {
        if (processId <= 0 || Libc.Kill(processId, 0).Error.Code == Errno.ESRCH)
        {
            return (false, null);
        }

        if (OperatingSystem.IsMacOS())
        {
            return !Libc.GetProcess(processId, out KinfoProc process).IsSuccess ? (true, null)
                : process.State == SysSysctlH.SZOMB ? (false, null)
                : (true, (process.StartSeconds * MicrosecondsPerSecond) + process.StartMicroseconds);
        }

        return !ProcIsOurs.Value || ReadStat(processId) is not { } stat ? (true, null)
            : stat.HasEnded ? (false, null)
            : (true, stat.StartTicks);
    }

    /// <summary>When a process started, by the clock as it is set now.</summary>
    /// <param name="startTicks">What <see cref="Look"/> returned.</param>
    internal static DateTimeOffset StartTime(long startTicks) => OperatingSystem.IsMacOS()
        ? DateTimeOffset.UnixEpoch.AddTicks(startTicks * TimeSpan.TicksPerMicrosecond)
        : DateTimeOffset.UtcNow - (Libc.TimeSinceBoot() - TimeSpan.FromTicks(startTicks * (TimeSpan.TicksPerSecond / TicksPerSecond)));

    /// <summary>Whether a process had started when something was changed, by the clock as it is set now.</summary>
    internal static bool StartedBefore(long startTicks, long changeSeconds) =>
        StartTime(startTicks) <= DateTimeOffset.FromUnixTimeSeconds(changeSeconds) + ChangeTimeError;

    /// <summary>Whether a process has memory and files: a thread of the kernel and a process that ended have none.</summary>
    internal static bool HoldsFiles(int processId) =>
        ReadStat(processId) is not { } stat || (!stat.IsEnding && (stat.Flags & KernelThread) == 0);

    /// <summary>Reads <c>/proc/PID/stat</c> (proc(5)); null where it cannot be read.</summary>
    private static Stat? ReadStat(int processId)
    {
        const int StateField = 0;
        const int FlagsField = 6;
        const int ThreadsField = 17;
        const int StartField = 19;
        try
        {
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));

            // The command in parentheses may hold spaces and parentheses of its own.
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new(
                fields[StateField][0],
                uint.Parse(fields[FlagsField], CultureInfo.InvariantCulture),
                int.Parse(fields[ThreadsField], CultureInfo.InvariantCulture),
                long.Parse(fields[StartField], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private readonly record struct Stat(char State, uint Flags, int Threads, long StartTicks)
    {
        // The first thread may end before the others: it is a zombie then, and the process lives.
        internal bool HasEnded => State is 'Z' or 'X' && Threads <= 1;

        internal bool IsEnding => HasEnded || ((Flags & Exiting) != 0 && Threads <= 1);
    }
}
