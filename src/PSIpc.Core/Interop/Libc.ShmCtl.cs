using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>shmctl(2) with IPC_STAT: what the kernel knows of the segment.</summary>
    internal static NativeError ShmStat(int id, out ShmidDs stat)
    {
        if (!OperatingSystem.IsMacOS())
        {
            return ErrorUnless(shmctl(id, SysShmH.IPC_STAT, out stat) == 0);
        }

        NativeError error = ErrorUnless(shmctl(id, SysShmH.IPC_STAT, out DarwinShmidDs darwin) == 0);
        stat = darwin.ToShmidDs();
        return error;
    }

    /// <summary>shmctl(2) with IPC_RMID: the segment goes when the last process detaches.</summary>
    internal static NativeError ShmRemove(int id) => ErrorUnless(shmctl(id, SysShmH.IPC_RMID, out ShmidDs _) == 0);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmctl(int shmid, int cmd, out ShmidDs buf);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmctl(int shmid, int cmd, out DarwinShmidDs buf);
}
