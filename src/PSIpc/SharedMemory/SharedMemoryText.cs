using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>What verbose output says of shared memory: which it is, how large, whose, and by what call; never what is in it.</summary>
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

    /// <summary>How memory of this kind is made.</summary>
    internal static string Create(IpcKind kind) => Call(kind, "shmget", "open with O_CREAT", "CreateFileMapping");

    /// <summary>How it is opened.</summary>
    internal static string Open(IpcKind kind) => Call(kind, "shmat", "open", "OpenFileMapping");

    /// <summary>How it is closed.</summary>
    internal static string Close(IpcKind kind) => Call(kind, "shmdt", "close", "CloseHandle");

    /// <summary>How it is removed.</summary>
    internal static string Remove(IpcKind kind) => Call(kind, "shmctl(IPC_RMID)", "unlink", "CloseHandle");

    /// <summary>What excludes others from it.</summary>
    internal static string Lock(IpcKind kind) => Call(kind, "the semaphore of its key (semop, SEM_UNDO)", "flock", "a mutex");

    private static string Call(IpcKind kind, string systemV, string posix, string windows) => kind switch
    {
        IpcKind.SystemV => systemV,
        IpcKind.Posix => posix,
        _ => windows,
    };

    private static IEnumerable<string> Parts(SharedMemoryInfo info)
    {
        yield return info.Kind switch
        {
            IpcKind.SystemV => $"System V segment {info.Id} (key {Display.Key(info.Key)})",
            IpcKind.Posix => $"POSIX object /dev/shm/{info.Name}",
            _ => $"section {info.Name}",
        };
        yield return Display.Bytes(info.Size);
        if (info.Mode is { } mode)
        {
            yield return $"mode {UnixMode.Format(mode)}, owner {info.Owner}";
        }

        if (info.AttachCount is { } attached)
        {
            yield return $"{attached} attached";
        }
    }
}
