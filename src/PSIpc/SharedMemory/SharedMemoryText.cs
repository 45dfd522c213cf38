using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Describes shared memory in verbose output: which one, its size, its owner, and never its content.</summary>
internal static class SharedMemoryText
{
    /// <summary>The memory as the system has it now; the address alone where that cannot be seen.</summary>
    internal static string Of(IpcAddress address)
    {
        try
        {
            return Of(SharedMemoryObject.Get(address));
        }
        catch (IpcException)
        {
            return address.ToString();
        }
    }

    internal static string Of(SharedMemoryInfo info) => string.Join(", ", Parts(info));

    private static IEnumerable<string> Parts(SharedMemoryInfo info)
    {
        yield return info.Kind switch
        {
            nameof(IpcKind.SystemV) => $"System V segment {info.Id} (key {info.HexKey})",
            nameof(IpcKind.Posix) => $"POSIX object /dev/shm/{info.Name}",
            _ => $"section {info.Name}",
        };
        yield return Display.Bytes(info.Size);
        if (info.Mode is { } mode)
        {
            yield return $"mode {mode}, owner {info.Owner}";
        }

        if (info.AttachCount is { } attached)
        {
            yield return $"{attached} attached";
        }
    }
}

/// <summary>The system calls that verbose output names for each kind of shared memory.</summary>
internal static class SystemCallNames
{
    internal static string ForCreate(IpcKind kind) => Of(kind, "shmget", "open with O_CREAT", "CreateFileMapping");

    internal static string ForOpen(IpcKind kind) => Of(kind, "shmat", "open", "OpenFileMapping");

    internal static string ForClose(IpcKind kind) => Of(kind, "shmdt", "close", "CloseHandle");

    internal static string ForRemove(IpcKind kind) => Of(kind, "shmctl(IPC_RMID)", "unlink", "CloseHandle");

    internal static string ForLock(IpcKind kind) => Of(kind, "the semaphore of its key (semop, SEM_UNDO)", "flock", "a mutex");

    private static string Of(IpcKind kind, string systemV, string posix, string windows) => kind switch
    {
        IpcKind.SystemV => systemV,
        IpcKind.Posix => posix,
        _ => windows,
    };
}
