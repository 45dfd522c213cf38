using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>munmap(2).</summary>
    internal static bool Unmap(nint start, long length) => munmap(start, (nuint)length) == 0;

    [LibraryImport(Library)]
    private static partial int munmap(nint addr, nuint len);
}
