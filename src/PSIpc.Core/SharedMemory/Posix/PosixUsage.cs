namespace PSIpc.SharedMemory.Posix;

/// <summary>Where POSIX objects live, how much room is there and how many there are.</summary>
internal sealed record PosixUsage(string Path, long TotalBytes, long FreeBytes, int Objects);
