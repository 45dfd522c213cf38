using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>shmdt(2): unmaps what <see cref="ShmAt"/> mapped.</summary>
    internal static bool ShmDt(nint address) => shmdt(address) == 0;

    [LibraryImport(Library)]
    private static partial int shmdt(nint shmaddr);
}
