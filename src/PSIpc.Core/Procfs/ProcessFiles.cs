using System.Globalization;
using PSIpc.Interop;

namespace PSIpc.Procfs;

/// <summary>Which processes map certain files or have them open: one look at every process through proc(5).</summary>
internal sealed class ProcessFiles
{
    private readonly Dictionary<FileId, SortedSet<int>> _holders;
    private readonly string? _ipcNamespace = IpcNamespace("self");

    private ProcessFiles(IEnumerable<FileId> wanted) =>
        _holders = wanted.Distinct().ToDictionary(static file => file, static _ => new SortedSet<int>());

    /// <summary>How many processes this user may not look into.</summary>
    internal int Unreadable { get; private set; }

    internal static ProcessFiles Find(IEnumerable<FileId> wanted, CancellationToken cancellationToken)
    {
        var files = new ProcessFiles(wanted);
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int processId))
            {
                files.Look(processId, folder);
            }
        }

        // Mounted with hidepid, /proc has no trace of other users' processes: there is always a first one.
        if (!Directory.Exists("/proc/1"))
        {
            files.Unreadable++;
        }

        return files;
    }

    /// <summary>Whether a process can be seen to have a segment attached.</summary>
    internal static bool HasAttached(int processId, int segmentId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        FileId segment = FileId.OfSegment(segmentId);
        var files = new ProcessFiles([segment]);
        try
        {
            files.LookAtMemory(processId, string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}"));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            // What cannot be read shows nothing.
        }

        return files.HoldersOf(segment).Count > 0;
    }

    internal IReadOnlyCollection<int> HoldersOf(FileId file) => _holders[file];

    private void Look(int processId, string folder)
    {
        try
        {
            bool hasMemory = LookAtMemory(processId, folder);
            foreach (string path in Directory.EnumerateFileSystemEntries($"{folder}/fd"))
            {
                if (Libc.StatTarget(path, out Statx stat).IsSuccess)
                {
                    Add(FileId.Of(stat), processId);
                }
            }

            // A process whose first thread has ended shows no memory and no files, and the other threads have both.
            Unreadable += !hasMemory && ProcessLiveness.HoldsFiles(processId) ? 1 : 0;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            // A process that ended meanwhile is not in /proc any more.
            Unreadable += Directory.Exists(folder) && ProcessLiveness.HoldsFiles(processId) ? 1 : 0;
        }
    }

    private bool LookAtMemory(int processId, string folder)
    {
        // IDs count anew in every IPC namespace: the same number in another container is another segment.
        bool sharesSegments = IpcNamespace(Path.GetFileName(folder)) == _ipcNamespace;
        bool hasMemory = false;
        foreach (string line in File.ReadLines($"{folder}/maps"))
        {
            hasMemory = true;
            if (MappedFile(line) is { } file && (sharesSegments || file.Major != FileId.OfSegment(0).Major))
            {
                Add(file, processId);
            }
        }

        return hasMemory;
    }

    private void Add(FileId file, int processId)
    {
        if (_holders.TryGetValue(file, out SortedSet<int>? holders))
        {
            holders.Add(processId);
        }
    }

    // "7f4a632ca000-7f4a632cb000 rw-s 00000000 00:1b 60508    /dev/shm/name", and nothing after the inode 0 where no file is.
    private static FileId? MappedFile(ReadOnlySpan<char> line)
    {
        const int Device = 3;
        const int Inode = 4;
        const int Name = 5;
        Span<Range> fields = stackalloc Range[Name + 1];
        if (line.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries) <= Name)
        {
            return null;
        }

        ReadOnlySpan<char> device = line[fields[Device]];
        ulong inode = ulong.Parse(line[fields[Inode]], CultureInfo.InvariantCulture);
        int colon = device.IndexOf(':');
        return line[fields[Name]].StartsWith("/SYSV", StringComparison.Ordinal) && inode <= int.MaxValue
            ? FileId.OfSegment((int)inode)
            : new(Hexadecimal(device[..colon]), Hexadecimal(device[(colon + 1)..]), inode);
    }

    private static uint Hexadecimal(ReadOnlySpan<char> digits) =>
        uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string? IpcNamespace(string process) => new FileInfo($"/proc/{process}/ns/ipc").LinkTarget;
}
