namespace PSIpc.Objects;

/// <summary>Which of the operating system's shared memories something is.</summary>
public enum IpcKind
{
    /// <summary>A System V segment: named by a key, found by an id (shmget(2)).</summary>
    SystemV,

    /// <summary>A POSIX object: named, in <c>/dev/shm</c> on Linux (shm_overview(7)).</summary>
    Posix,

    /// <summary>A named section of Windows.</summary>
    Windows,
}
