using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>What to create.</summary>
public sealed record SharedMemoryRequest
{
    /// <summary>The size in bytes, one or more. The kernel keeps it exact and rounds the memory up to pages; Windows keeps the pages alone.</summary>
    public required long Size { get; init; }

    /// <summary>The permission bits, not cut by the umask. Windows has none: a section is its user's.</summary>
    public UnixFileMode Mode { get; init; } = UnixMode.Default;

    /// <summary>Whether one that exists will do (IPC_CREAT without IPC_EXCL): it is opened as it is, never resized.</summary>
    public bool AllowExisting { get; init; }

    /// <summary>What to write at offset 0, at most the size.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }
}
