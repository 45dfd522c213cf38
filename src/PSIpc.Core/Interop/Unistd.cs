using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;unistd.h&gt;</c>.</summary>
internal static class UnistdH
{
    internal const int SEEK_END = 2;
}

internal static partial class Libc
{
    /// <summary>close(2). Never repeated after an error: Linux has freed the number by then.</summary>
    internal static NativeResult Close(int descriptor) => Result(close(descriptor));

    /// <summary>ftruncate(2): sets the size; of an object of macOS once.</summary>
    internal static NativeResult FTruncate(SafeFileHandle file, long length)
    {
        NativeResult result;
        do
        {
            result = Result(ftruncate(file, length));
        }
        while (result.Error.Code == Errno.EINTR);

        return result;
    }

    /// <summary>geteuid(2): the user that the kernel checks modes against.</summary>
    internal static uint GetEUid() => geteuid();

    /// <summary>The file's size by lseek(2) to its end: one call, with no structure to fill.</summary>
    internal static NativeResult SeekEnd(SafeFileHandle file) => Result((nint)lseek(file, 0, UnistdH.SEEK_END));

    /// <summary>linkat(2) of an O_TMPFILE descriptor: gives the finished file its name, or EEXIST.</summary>
    internal static NativeResult LinkDescriptor(SafeFileHandle file, string path)
    {
        bool held = false;
        file.DangerousAddRef(ref held);
        try
        {
            string source = $"/proc/self/fd/{file.DangerousGetHandle()}";
            return Result(linkat(FcntlH.AT_FDCWD, source, FcntlH.AT_FDCWD, path, FcntlH.AT_SYMLINK_FOLLOW));
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    /// <summary>pread(2): at most the destination's length from the offset; 0 at the end of the file.</summary>
    internal static unsafe NativeResult PRead(SafeFileHandle file, Span<byte> destination, long offset)
    {
        NativeResult result;
        fixed (byte* buffer = destination)
        {
            do
            {
                result = Result(pread(file, buffer, (nuint)destination.Length, offset));
            }
            while (result.Error.Code == Errno.EINTR);
        }

        return result;
    }

    /// <summary>pwrite(2): at most the source's length at the offset.</summary>
    internal static unsafe NativeResult PWrite(SafeFileHandle file, ReadOnlySpan<byte> source, long offset)
    {
        NativeResult result;
        fixed (byte* buffer = source)
        {
            do
            {
                result = Result(pwrite(file, buffer, (nuint)source.Length, offset));
            }
            while (result.Error.Code == Errno.EINTR);
        }

        return result;
    }

    /// <summary>unlink(2): takes the name away.</summary>
    internal static NativeResult Unlink(string path) => Result(unlink(path));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle fd, long length);

    [LibraryImport(Library)]
    private static partial uint geteuid();

    [LibraryImport(Library, SetLastError = true)]
    private static partial long lseek(SafeFileHandle fd, long offset, int whence);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int linkat(int olddirfd, string oldpath, int newdirfd, string newpath, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial nint pread(SafeFileHandle fd, byte* buf, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial nint pwrite(SafeFileHandle fd, byte* buf, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string pathname);
}
