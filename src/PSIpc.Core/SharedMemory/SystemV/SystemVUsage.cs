namespace PSIpc.SystemV;

/// <summary>The kernel's limits on System V segments (proc(5), <c>/proc/sys/kernel/shm*</c>) and what is in use.</summary>
internal sealed record SystemVUsage(
    ulong MaxSegmentBytes, ulong MaxTotalPages, int MaxSegments, int UsedSegments, ulong UsedPages, long ResidentBytes, long SwappedBytes);
