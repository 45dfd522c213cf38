namespace PSIpc.SharedMemory.SystemV;

/// <summary>The kernel's limits on System V segments and what is in use.</summary>
internal sealed record SystemVUsage(
    ulong MaxSegmentBytes, ulong MaxTotalPages, int MaxSegments, int UsedSegments, ulong UsedPages, long ResidentBytes, long SwappedBytes);
