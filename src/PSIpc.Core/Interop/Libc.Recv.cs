using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>recv(2): the number of bytes, 0 at the end of the stream.</summary>
    internal static unsafe int Receive(int socket, Span<byte> buffer, int flags)
    {
        fixed (byte* start = buffer)
        {
            return ResultOrErrno(recv(socket, start, (nuint)buffer.Length, flags));
        }
    }

    [LibraryImport(Library)]
    private static unsafe partial nint recv(int socket, byte* buffer, nuint length, int flags);
}
