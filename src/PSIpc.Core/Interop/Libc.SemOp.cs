using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>semop(2): all of these operations at once, or none.</summary>
    internal static unsafe NativeError SemOp(int id, params ReadOnlySpan<SemBuf> operations)
    {
        fixed (SemBuf* first = operations)
        {
            return ErrorUnless(semop(id, first, (nuint)operations.Length) == 0);
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int semop(int semid, SemBuf* sops, nuint nsops);
}
