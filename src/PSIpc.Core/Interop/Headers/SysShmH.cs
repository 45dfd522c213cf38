namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/ipc.h&gt;</c> and <c>&lt;sys/shm.h&gt;</c> on Linux and macOS.</summary>
internal static class SysShmH
{
    internal const int IPC_PRIVATE = 0;
    internal const int IPC_CREAT = 0x200;
    internal const int IPC_EXCL = 0x400;
    internal const int IPC_RMID = 0;
    internal const int IPC_STAT = 2;
    internal const int SHM_RDONLY = 0x1000;

    // Bits that IPC_STAT and the kernel's table show in the mode, above the nine of permission (linux/shm.h). On macOS the table has
    // one of these, SHMSEG_REMOVED, which no header names, and IPC_STAT none: it does not know a segment that is marked.
    internal static readonly int SHM_DEST = OperatingSystem.IsMacOS() ? 0x400 : 0x200;
    internal static readonly int SHM_LOCKED = OperatingSystem.IsMacOS() ? 0 : 0x400;
    internal static readonly int SHM_HUGETLB = OperatingSystem.IsMacOS() ? 0 : 0x800;
    internal static readonly int SHM_NORESERVE = OperatingSystem.IsMacOS() ? 0 : 0x1000;
}
