using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/file.h&gt;</c>.</summary>
internal static class SysFileH
{
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int LOCK_UN = 8;
}

internal static partial class Libc
{
    /// <summary>flock(2).</summary>
    internal static NativeResult Lock(SafeHandle descriptor, int operation) => Result(flock(descriptor, operation));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int flock(SafeHandle descriptor, int operation);
}
