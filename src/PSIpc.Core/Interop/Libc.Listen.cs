using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>listen(2).</summary>
    internal static int Listen(SafeFileDescriptor socket, int backlog) => ResultOrError(listen(socket, backlog));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int listen(SafeFileDescriptor socket, int backlog);
}
