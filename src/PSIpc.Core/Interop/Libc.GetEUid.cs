using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>geteuid(2), which cannot fail.</summary>
    internal static uint GetEffectiveUserId() => geteuid();

    [LibraryImport(Library)]
    private static partial uint geteuid();
}
