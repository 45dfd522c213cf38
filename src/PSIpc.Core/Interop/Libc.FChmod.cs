using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>fchmod(2).</summary>
    internal static int ChangeMode(SafeFileDescriptor descriptor, uint mode) => ResultOrError(fchmod(descriptor, mode));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchmod(SafeFileDescriptor descriptor, uint mode);
}
