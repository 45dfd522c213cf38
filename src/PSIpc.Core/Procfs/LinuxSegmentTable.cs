using System.Buffers.Text;
using PSIpc.SharedMemory;
using PSIpc.SharedMemory.SystemV;

namespace PSIpc.Procfs;

/// <summary>The kernel's table of segments on Linux, <c>/proc/sysvipc/shm</c> (proc(5)): those of the IPC namespace.</summary>
internal static class LinuxSegmentTable
{
    internal const string Path = "/proc/sysvipc/shm";

    internal static List<SharedMemoryInfo> Parse(ReadOnlySpan<byte> table, Func<SegmentRow, bool> wanted)
    {
        var snapshots = new SegmentSnapshots(wanted);
        table = table[(table.IndexOf((byte)'\n') + 1)..];
        while (table.IndexOf((byte)'\n') is var end and >= 0)
        {
            snapshots.Add(ParseLine(table[..end]));
            table = table[(end + 1)..];
        }

        return snapshots.Found;
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
