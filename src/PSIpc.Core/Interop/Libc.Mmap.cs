using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    private const nint MapFailed = -1;

    /// <summary>mmap(2) of an object from its start, where the kernel likes.</summary>
    internal static SafePosixMapping Map(SafeFileHandle file, long length, bool writes, out NativeError error)
    {
        nint start = mmap(0, (nuint)length, SysMmanH.PROT_READ | (writes ? SysMmanH.PROT_WRITE : 0), SysMmanH.MAP_SHARED, file, 0);
        error = ErrorUnless(start != MapFailed);
        return new SafePosixMapping(start, length);
    }

    /// <summary>Whether this process has room for a mapping of that length: mmap(2) of nothing, undone at once.</summary>
    internal static bool CanMap(long length)
    {
        nint start = mmap(0, (nuint)length, SysMmanH.PROT_NONE, SysMmanH.MAP_PRIVATE | SysMmanH.MAP_ANON, -1, 0);
        return start != MapFailed && munmap(start, (nuint)length) == 0;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint mmap(nint addr, nuint len, int prot, int flags, SafeFileHandle fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint mmap(nint addr, nuint len, int prot, int flags, int fd, long offset);
}
