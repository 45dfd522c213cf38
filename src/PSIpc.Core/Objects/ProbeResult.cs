namespace PSIpc.Objects;

/// <summary>What a wait needs to know of memory that exists, as cheap as the system can say it.</summary>
/// <param name="Size">The size in bytes; 0 for a POSIX object that its creator has not sized yet.</param>
/// <param name="AttachCount">How many attachments there are; null where the system does not count them.</param>
internal readonly record struct ProbeResult(long Size, long? AttachCount);
