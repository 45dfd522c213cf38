namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/ipc.h&gt;</c> and <c>&lt;sys/shm.h&gt;</c> on Linux.</summary>
internal static class SysShmH
{
    internal const int IPC_PRIVATE = 0;
    internal const int IPC_CREAT = 0x200;
    internal const int IPC_EXCL = 0x400;
    internal const int IPC_RMID = 0;
    internal const int IPC_STAT = 2;
    internal const int SHM_RDONLY = 0x1000;

    // Bits that IPC_STAT and /proc/sysvipc/shm show in the mode, above the nine of permission (linux/shm.h).
    internal const int SHM_DEST = 0x200;
    internal const int SHM_LOCKED = 0x400;
    internal const int SHM_HUGETLB = 0x800;
    internal const int SHM_NORESERVE = 0x1000;
}
