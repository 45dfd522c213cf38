using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>semctl(2) with GETVAL: a semaphore's value, -1 where it cannot be read.</summary>
    internal static int SemValue(int id, int number) => semctl(id, number, SysSemH.GETVAL, 0);

    /// <summary>semctl(2) with GETPID: the process that last changed a semaphore, 0 for none yet, -1 where it cannot be read.</summary>
    internal static int SemProcess(int id, int number) => semctl(id, number, SysSemH.GETPID, 0);

    /// <summary>semctl(2) with IPC_SET: whose the set is, and its mode.</summary>
    internal static unsafe NativeError SemSet(int id, in IpcPerm perm)
    {
        var stat = new SemidDs { Perm = perm };
        return ErrorUnless(semctl(id, 0, SysSemH.IPC_SET, (nint)(&stat)) == 0);
    }

    /// <summary>semctl(2) with IPC_RMID: the set goes at once, and who waits is told.</summary>
    internal static NativeError SemRemove(int id) => ErrorUnless(semctl(id, 0, SysShmH.IPC_RMID, 0) == 0);

    // The argument is variadic in C; on every 64-bit Linux it is passed as an ordinary one.
    [LibraryImport(Library, SetLastError = true)]
    private static partial int semctl(int semid, int semnum, int cmd, nint arg);
}
