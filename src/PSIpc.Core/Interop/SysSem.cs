using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/sem.h&gt;</c> on Linux and macOS.</summary>
internal static class SysSemH
{
    internal const short IPC_NOWAIT = 0x800;
    internal const short SEM_UNDO = 0x1000;
    internal const int IPC_SET = 1;
    internal static readonly int GETPID = OperatingSystem.IsMacOS() ? 4 : 11;
    internal static readonly int GETVAL = OperatingSystem.IsMacOS() ? 5 : 12;
}

/// <summary><c>struct sembuf</c>: one operation of semop(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct SemBuf(ushort number, short operation, short flags = 0)
{
    internal readonly ushort Number = number;
    internal readonly short Operation = operation;
    internal readonly short Flags = flags;
}

/// <summary>
/// The begin of <c>struct semid_ds</c>, which IPC_SET takes the owner and the mode from; the rest differs between architectures.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Largest)]
internal struct SemidDs
{
    // x64's; arm64's is smaller.
    private const int Largest = 104;

    internal IpcPerm Perm;
}

/// <summary>The begin of <c>struct semid_ds</c> of macOS, which IPC_SET takes the owner and the mode from.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 72)]
internal struct DarwinSemidDs
{
    internal DarwinIpcPerm Perm;
}

internal static partial class Libc
{
    /// <summary>semget(2): the id of the set of semaphores with this key, created if the flags say so.</summary>
    internal static NativeResult SemGet(int key, int count, int flags) => Result(semget(key, count, flags));

    /// <summary>semop(2): all of these operations at once, or none.</summary>
    internal static unsafe NativeResult SemOp(int id, params ReadOnlySpan<SemBuf> operations)
    {
        fixed (SemBuf* first = operations)
        {
            return Result(semop(id, first, (nuint)operations.Length));
        }
    }

    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>semtimedop(2): one operation within a time; EAGAIN when it was not enough.</summary>
    internal static unsafe NativeResult SemTimedOp(int id, SemBuf operation, TimeSpan time)
    {
        long nanoseconds = time.Ticks * TimeSpan.NanosecondsPerTick;
        var timeout = new TimeSpec { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };
        return Result(semtimedop(id, &operation, 1, &timeout));
    }

    /// <summary>semctl(2) with GETVAL: a semaphore's value.</summary>
    internal static NativeResult SemValue(int id, int number) => SemControl(id, number, SysSemH.GETVAL);

    /// <summary>semctl(2) with GETPID: the process that last changed a semaphore, 0 for none yet.</summary>
    internal static NativeResult SemProcess(int id, int number) => SemControl(id, number, SysSemH.GETPID);

    /// <summary>semctl(2) with IPC_SET: whose the set is, and its mode.</summary>
    internal static unsafe NativeResult SemSet(int id, in IpcPerm perm)
    {
        var linux = new SemidDs { Perm = perm };
        var darwin = new DarwinSemidDs { Perm = { Uid = perm.Uid, Gid = perm.Gid, Mode = (ushort)perm.Mode } };
        return SemControl(id, 0, SysSemH.IPC_SET, OperatingSystem.IsMacOS() ? (nint)(&darwin) : (nint)(&linux));
    }

    /// <summary>semctl(2) with IPC_RMID: the set goes at once, and who waits is told.</summary>
    internal static NativeResult SemRemove(int id) => SemControl(id, 0, SysShmH.IPC_RMID);

    private static NativeResult SemControl(int id, int number, int command, nint argument = 0) => Result(VariadicOnStack
        ? semctl(id, number, command, 0, 0, 0, 0, 0, argument)
        : semctl(id, number, command, argument));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int semget(int key, int nsems, int semflg);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int semop(int semid, SemBuf* sops, nuint nsops);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int semtimedop(int semid, SemBuf* sops, nuint nsops, TimeSpec* timeout);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int semctl(int semid, int semnum, int cmd, nint arg);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int semctl(int semid, int semnum, int cmd, nint x3, nint x4, nint x5, nint x6, nint x7, nint arg);
}
