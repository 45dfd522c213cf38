using System.Globalization;
using System.Runtime.InteropServices;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>An IPC namespace of the bench's own: its segments are alone there, may be many, and go with its last process.</summary>
internal static partial class IpcNamespace
{
    /// <summary>The argument that says that the process is in it.</summary>
    internal const string Argument = "--own-namespace";

    private const string SegmentLimit = "/proc/sys/kernel/shmmni";
    private const int WantedSegments = 8192;

    /// <summary>How many segments there may be.</summary>
    internal static int MostSegments => int.Parse(File.ReadAllText(SegmentLimit), CultureInfo.InvariantCulture);

    /// <summary>Starts this program again in a namespace of its own, in this process's place; returns where that is not possible.</summary>
    internal static void Enter(string[] args)
    {
        if (Environment.IsPrivilegedProcess && Tool.Find("unshare") is { } unshare)
        {
            string program = Path.Combine(AppContext.BaseDirectory, "PSIpc.Bench");
            _ = execvp(unshare, ["unshare", "--ipc", "--", program, .. args, Argument, null]);
        }
    }

    /// <summary>Lets this namespace have as many segments as the listing wants.</summary>
    internal static void RaiseLimit()
    {
        if (MostSegments < WantedSegments)
        {
            File.WriteAllText(SegmentLimit, WantedSegments.ToString(CultureInfo.InvariantCulture));
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execvp(string file, string?[] arguments);
}
