using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>send(2): the number of bytes taken, which can be fewer than given.</summary>
    internal static unsafe int Send(int socket, ReadOnlySpan<byte> bytes, int flags)
    {
        fixed (byte* start = bytes)
        {
            return ResultOrErrno(send(socket, start, (nuint)bytes.Length, flags));
        }
    }

    [LibraryImport(Library)]
    private static unsafe partial nint send(int socket, byte* buffer, nuint length, int flags);
}
