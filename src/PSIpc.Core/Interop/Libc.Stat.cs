using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    // The functions of the structure with the 64-bit inode have a name of their own where an older one came before it.
    private const string Inode64 = "$INODE64";

    private static readonly bool HasPlainStat = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private static NativeError DarwinStatPath(string path, out Statx stat)
    {
        NativeError error = ErrorUnless((HasPlainStat ? lstat(path, out DarwinStat darwin) : lstat64(path, out darwin)) == 0);
        stat = darwin.ToStatx();
        return error;
    }

    private static NativeError DarwinStatDescriptor(SafeFileHandle file, out Statx stat)
    {
        NativeError error = ErrorUnless((HasPlainStat ? fstat(file, out DarwinStat darwin) : fstat64(file, out darwin)) == 0);
        stat = darwin.ToStatx();
        return error;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lstat(string path, out DarwinStat buf);

    [LibraryImport(Library, EntryPoint = nameof(lstat) + Inode64, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lstat64(string path, out DarwinStat buf);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fstat(SafeFileHandle fd, out DarwinStat buf);

    [LibraryImport(Library, EntryPoint = nameof(fstat) + Inode64, SetLastError = true)]
    private static partial int fstat64(SafeFileHandle fd, out DarwinStat buf);
}
