using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>setsockopt(2) with an integer, or a struct of integers.</summary>
    internal static unsafe int SetSocketOption(int socket, int level, int name, ReadOnlySpan<int> value)
    {
        fixed (int* start = value)
        {
            return ResultOrError(setsockopt(socket, level, name, start, (uint)(value.Length * sizeof(int))));
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int setsockopt(int socket, int level, int name, int* value, uint length);
}
