using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>geteuid(2): the user that the kernel checks modes against.</summary>
    internal static uint GetEUid() => geteuid();

    [LibraryImport(Library)]
    private static partial uint geteuid();
}
