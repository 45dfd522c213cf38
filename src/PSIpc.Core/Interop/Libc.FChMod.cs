using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>fchmod(2): the mode as given, which open(2) would have cut by the umask.</summary>
    internal static NativeError FChMod(SafeHandle file, int mode) => ErrorUnless(fchmod(file, (uint)mode) == 0);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchmod(SafeHandle fd, uint mode);
}
