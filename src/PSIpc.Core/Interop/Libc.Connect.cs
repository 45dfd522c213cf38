using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>connect(2), with the address as <see cref="System.Net.EndPoint.Serialize"/> lays it out.</summary>
    internal static unsafe int Connect(SafeFileDescriptor socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            return ResultOrError(connect(socket, start, (uint)address.Length));
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int connect(SafeFileDescriptor socket, byte* address, uint length);
}
