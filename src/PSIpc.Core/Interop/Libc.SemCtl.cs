using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>semctl(2) with GETVAL: a semaphore's value, -1 where it cannot be read.</summary>
    internal static int SemValue(int id, int number) => SemControl(id, number, SysSemH.GETVAL);

    /// <summary>semctl(2) with GETPID: the process that last changed a semaphore, 0 for none yet, -1 where it cannot be read.</summary>
    internal static int SemProcess(int id, int number) => SemControl(id, number, SysSemH.GETPID);

    /// <summary>semctl(2) with IPC_SET: whose the set is, and its mode.</summary>
    internal static unsafe NativeError SemSet(int id, in IpcPerm perm)
    {
        var linux = new SemidDs { Perm = perm };
        var darwin = new DarwinSemidDs { Perm = { Uid = perm.Uid, Gid = perm.Gid, Mode = (ushort)perm.Mode } };
        return ErrorUnless(SemControl(id, 0, SysSemH.IPC_SET, OperatingSystem.IsMacOS() ? (nint)(&darwin) : (nint)(&linux)) == 0);
    }

    /// <summary>semctl(2) with IPC_RMID: the set goes at once, and who waits is told.</summary>
    internal static NativeError SemRemove(int id) => ErrorUnless(SemControl(id, 0, SysShmH.IPC_RMID) == 0);

    private static int SemControl(int id, int number, int command, nint argument = 0) => VariadicOnStack
        ? semctl(id, number, command, 0, 0, 0, 0, 0, argument)
        : semctl(id, number, command, argument);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int semctl(int semid, int semnum, int cmd, nint arg);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int semctl(int semid, int semnum, int cmd, nint x3, nint x4, nint x5, nint x6, nint x7, nint arg);
}
