using PSIpc.Objects;

namespace PSIpc.Commands;

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
