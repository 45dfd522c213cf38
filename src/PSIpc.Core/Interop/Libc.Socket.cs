using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>socket(2).</summary>
    internal static int Socket(int family, int type, int protocol, out SafeFileDescriptor descriptor)
    {
        int result = ResultOrError(socket(family, type, protocol));
        descriptor = new SafeFileDescriptor(result < 0 ? -1 : result);
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);
}
