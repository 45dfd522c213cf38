using System.Buffers.Text;
using PSIpc.Interop;

namespace PSIpc.SystemV;

/// <summary>
/// The kernel's table of segments, <c>/proc/sysvipc/shm</c> (proc(5)): it shows every segment of the IPC namespace,
/// also those that this user may not IPC_STAT.
/// </summary>
internal static class SysVIpcTable
{
    internal const string Path = "/proc/sysvipc/shm";

    internal static IEnumerable<SharedMemoryInfo> Read() => Parse(File.ReadAllBytes(Path), static _ => true);

    internal static SharedMemoryInfo? Find(SharedMemoryAddress address) =>
        Parse(File.ReadAllBytes(Path), row => address.Id is { } id ? row.Id == id : row.Key == address.Key).FirstOrDefault();

    /// <summary>Rows become snapshots only where the caller wants them: asking after a creator costs a system call.</summary>
    internal static List<SharedMemoryInfo> Parse(ReadOnlySpan<byte> table, Func<Row, bool> wanted)
    {
        var found = new List<SharedMemoryInfo>();
        var creators = new Dictionary<(int Pid, long Time), bool>();
        table = table[(table.IndexOf((byte)'\n') + 1)..];
        while (table.IndexOf((byte)'\n') is var end and >= 0)
        {
            Row row = Row.Parse(table[..end]);
            table = table[(end + 1)..];
            if (wanted(row))
            {
                found.Add(Snapshot(row, creators));
            }
        }

        return found;
    }

    private static SharedMemoryInfo Snapshot(in Row row, Dictionary<(int Pid, long Time), bool> creators)
    {
        if (!creators.TryGetValue((row.CreatorPid, row.ChangeTime), out bool alive))
        {
            alive = ProcessLife.IsAliveSince(row.CreatorPid, DateTimeOffset.FromUnixTimeSeconds(row.ChangeTime));
            creators.Add((row.CreatorPid, row.ChangeTime), alive);
        }

        return new()
        {
            Kind = SharedMemoryKind.SystemV,
            Key = row.Key,
            Id = row.Id,
            File = FileNumber.OfSegment(row.Id),
            Size = row.Size,
            Mode = (UnixFileMode)(row.Mode & 0b111_111_111),
            Status = Status(row.Mode),
            Owner = UserNames.OfUser(row.Uid),
            Group = UserNames.OfGroup(row.Gid),
            CreatorProcessId = row.CreatorPid,

            // The kernel gives 0 for a process of another PID namespace, a container's for one.
            CreatorAlive = row.CreatorPid == 0 ? null : alive,
            LastProcessId = row.LastPid == 0 ? null : row.LastPid,
            AttachCount = row.AttachCount,
            AttachTime = Time(row.AttachTime),
            DetachTime = Time(row.DetachTime),
            ChangeTime = Time(row.ChangeTime),
            ResidentBytes = row.Resident,
            SwappedBytes = row.Swapped,
        };
    }

    private static DateTime? Time(long seconds) => seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds).LocalDateTime;

    private static SharedMemoryStatus Status(int mode) =>
        ((mode & SysShmH.SHM_DEST) != 0 ? SharedMemoryStatus.Dest : 0)
        | ((mode & SysShmH.SHM_LOCKED) != 0 ? SharedMemoryStatus.Locked : 0)
        | ((mode & SysShmH.SHM_HUGETLB) != 0 ? SharedMemoryStatus.HugeTlb : 0)
        | ((mode & SysShmH.SHM_NORESERVE) != 0 ? SharedMemoryStatus.NoReserve : 0);

    /// <summary>One line: sixteen numbers, decimal but for the octal mode.</summary>
    internal readonly record struct Row
    {
        internal int Key { get; init; }

        internal int Id { get; init; }

        internal int Mode { get; init; }

        internal long Size { get; init; }

        internal int CreatorPid { get; init; }

        internal int LastPid { get; init; }

        internal long AttachCount { get; init; }

        internal uint Uid { get; init; }

        internal uint Gid { get; init; }

        internal long AttachTime { get; init; }

        internal long DetachTime { get; init; }

        internal long ChangeTime { get; init; }

        internal long Resident { get; init; }

        internal long Swapped { get; init; }

        internal static Row Parse(ReadOnlySpan<byte> line)
        {
            int key = (int)Next(ref line);
            int id = (int)Next(ref line);
            int mode = Octal(Next(ref line));
            long size = Next(ref line);
            int creator = (int)Next(ref line);
            int last = (int)Next(ref line);
            long attached = Next(ref line);
            uint uid = (uint)Next(ref line);
            uint gid = (uint)Next(ref line);
            _ = Next(ref line);
            _ = Next(ref line);
            return new()
            {
                Key = key,
                Id = id,
                Mode = mode,
                Size = size,
                CreatorPid = creator,
                LastPid = last,
                AttachCount = attached,
                Uid = uid,
                Gid = gid,
                AttachTime = Next(ref line),
                DetachTime = Next(ref line),
                ChangeTime = Next(ref line),
                Resident = Next(ref line),
                Swapped = Next(ref line),
            };
        }

        private static long Next(ref ReadOnlySpan<byte> line)
        {
            line = line.TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(line, out long number, out int length))
            {
                throw new FormatException($"{Path} has a line that PSIpc cannot read.");
            }

            line = line[length..];
            return number;
        }

        // The digits were read as decimal; each is worth a power of eight.
        private static int Octal(long digits)
        {
            int value = 0;
            for (int weight = 1; digits > 0; digits /= 10, weight *= 8)
            {
                value += (int)(digits % 10) * weight;
            }

            return value;
        }
    }
}
