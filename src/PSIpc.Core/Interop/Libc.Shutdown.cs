using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>shutdown(2).</summary>
    internal static int Shutdown(int socket, int how) => ResultOrError(shutdown(socket, how));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shutdown(int socket, int how);
}
