namespace PSIpc.SharedMemory.SystemV;

/// <summary>Rows of the table become snapshots only where the caller wants them: asking after a creator costs a system call.</summary>
internal sealed class SegmentSnapshots(Func<SegmentRow, bool> wanted)
{
    private readonly Dictionary<int, (bool Exists, long? StartTicks)> _creators = [];

    internal List<SharedMemoryInfo> Found { get; } = [];

    internal void Add(in SegmentRow row)
    {
        if (wanted(row))
        {
            Found.Add(row.ToInfo(_creators));
        }
    }
}
