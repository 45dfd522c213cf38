using System.Globalization;

namespace PSIpc.Procfs;

/// <summary>Finds out who holds a port, from <c>/proc/net</c> and <c>/proc/*/fd</c> (proc(5)).</summary>
internal static class PortOwner
{
    private const string TcpListen = "0A";

    /// <summary>Returns the processes, to follow "is in use": <c> by nginx (pid 12)</c>; empty where the system does not tell.</summary>
    /// <param name="port">The port.</param>
    /// <param name="datagrams">Whether it is a port of UDP, and not of TCP.</param>
    internal static string Describe(int port, bool datagrams)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "";
        }

        try
        {
            HashSet<string> sockets = FindSockets(port, datagrams);
            string[] holders = sockets.Count == 0 ? [] : [.. FindProcesses(sockets)];
            return holders.Length == 0 ? "" : " by " + string.Join(", ", holders);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Only an explanation is lost.
            return "";
        }
    }

    private static HashSet<string> FindSockets(int port, bool datagrams)
    {
        string ending = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        var sockets = new HashSet<string>();
        foreach (string table in datagrams ? ["/proc/net/udp", "/proc/net/udp6"] : (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(table))
            {
                continue;
            }

            foreach (string line in File.ReadLines(table).Skip(1))
            {
                // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[1].EndsWith(ending, StringComparison.Ordinal) && (datagrams || fields[3] == TcpListen))
                {
                    sockets.Add($"socket:[{fields[9]}]");
                }
            }
        }

        return sockets;
    }

    private static IEnumerable<string> FindProcesses(HashSet<string> sockets)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            string process = Path.GetFileName(folder);
            if (char.IsAsciiDigit(process[0]) && HoldsAny(folder, sockets))
            {
                yield return $"{ReadName(folder)} (pid {process})";
            }
        }
    }

    private static bool HoldsAny(string folder, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or one that has just ended.
            return false;
        }
    }

    private static string ReadName(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "a process";
        }
    }
}
