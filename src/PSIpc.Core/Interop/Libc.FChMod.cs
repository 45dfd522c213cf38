using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>fchmod(2): the mode as given, which open(2) would have cut by the umask.</summary>
    internal static NativeError FChMod(SafeFileHandle file, int mode) => ErrorUnless(fchmod(file, (uint)mode) == 0);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchmod(SafeFileHandle fd, uint mode);
}
