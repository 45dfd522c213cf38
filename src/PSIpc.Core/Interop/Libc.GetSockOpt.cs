using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>getsockopt(2) of an integer, or a struct of integers.</summary>
    internal static unsafe int GetSocketOption(int socket, int level, int name, Span<int> value)
    {
        uint length = (uint)(value.Length * sizeof(int));
        fixed (int* start = value)
        {
            return ResultOrError(getsockopt(socket, level, name, start, &length));
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int getsockopt(int socket, int level, int name, int* value, uint* length);
}
