using System.Buffers.Text;
using System.Globalization;
using PSIpc.Interop;

namespace PSIpc.Procfs;

/// <summary>
/// The kernel's table of System V segments and its limits, where each system has them. The table also shows the segments that this user
/// may not IPC_STAT.
/// </summary>
internal static class SegmentTable
{
    internal static bool Exists => OperatingSystem.IsMacOS() || File.Exists(LinuxSegmentTable.Path);

    internal static List<SegmentRow> Read() =>
        OperatingSystem.IsMacOS() ? DarwinSegmentTable.Read() : LinuxSegmentTable.Parse(File.ReadAllBytes(LinuxSegmentTable.Path));

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
}

/// <summary>What the kernel's table of segments says of one; what a system does not tell is null.</summary>
internal readonly record struct SegmentRow
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

    internal long? Resident { get; init; }

    internal long? Swapped { get; init; }
}

/// <summary>The kernel's table of segments on Linux, <c>/proc/sysvipc/shm</c> (proc(5)): those of the IPC namespace.</summary>
internal static class LinuxSegmentTable
{
    internal const string Path = "/proc/sysvipc/shm";

    internal static List<SegmentRow> Parse(ReadOnlySpan<byte> table)
    {
        var rows = new List<SegmentRow>();
        table = table[(table.IndexOf((byte)'\n') + 1)..];
        while (table.IndexOf((byte)'\n') is var end and >= 0)
        {
            rows.Add(ParseLine(table[..end]));
            table = table[(end + 1)..];
        }

        return rows;
    }

    /// <summary>One line: sixteen numbers, decimal but for the octal mode.</summary>
    private static SegmentRow ParseLine(ReadOnlySpan<byte> line)
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

/// <summary>The kernel's table of segments on macOS, <c>kern.sysv.ipcs.shm</c>, which ipcs(1) reads.</summary>
internal static class DarwinSegmentTable
{
    internal static List<SegmentRow> Read()
    {
        var rows = new List<SegmentRow>();
        int next = 0;
        while (true)
        {
            NativeResult result = Libc.NextSegment(ref next, out DarwinShmidDs segment);
            if (result.Error.Code is Errno.ENOENT or Errno.ERANGE)
            {
                return rows;
            }

            result.ThrowIfFailed("sysctl of kern.sysv.ipcs.shm");
            rows.Add(Row(next - 1, segment));
        }
    }

    /// <summary>The row of the segment at an index, from which and its sequence number the kernel makes the id (IXSEQ_TO_IPCID).</summary>
    internal static SegmentRow Row(int index, in DarwinShmidDs segment) => new()
    {
        Key = segment.Perm.Key,
        Id = (segment.Perm.Sequence << 16) | index,
        Mode = segment.Perm.Mode,
        Size = (long)segment.SegmentSize,
        CreatorPid = segment.CreatorPid,
        LastPid = segment.LastPid,
        AttachCount = segment.AttachCount,
        Uid = segment.Perm.Uid,
        Gid = segment.Perm.Gid,
        AttachTime = segment.AttachTime,
        DetachTime = segment.DetachTime,
        ChangeTime = segment.ChangeTime,
    };
}
