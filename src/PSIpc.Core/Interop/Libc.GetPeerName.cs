using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>getpeername(2): the length of the address written into the buffer.</summary>
    internal static unsafe int GetPeerName(int socket, Span<byte> address)
    {
        uint length = (uint)address.Length;
        fixed (byte* start = address)
        {
            int result = ResultOrError(getpeername(socket, start, &length));
            return result < 0 ? result : (int)length;
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int getpeername(int socket, byte* address, uint* length);
}
