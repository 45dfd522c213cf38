using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>flock(2).</summary>
    internal static int Lock(SafeHandle descriptor, int operation) => ResultOrError(flock(descriptor, operation));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int flock(SafeHandle descriptor, int operation);
}
