using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>accept4(2), without the peer's address: the connection's descriptor, which the caller owns.</summary>
    internal static int Accept(int listener, int flags)
    {
        unsafe
        {
            return ResultOrErrno(accept4(listener, null, null, flags));
        }
    }

    [LibraryImport(Library)]
    private static unsafe partial int accept4(int socket, byte* address, uint* length, int flags);
}
