using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/mman.h&gt;</c>.</summary>
internal static class SysMmanH
{
    internal const int PROT_NONE = 0;
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int MAP_PRIVATE = 2;
    internal static readonly int MAP_ANON = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
}

internal static partial class Libc
{
    /// <summary>mmap(2) of an object from its start, where the kernel likes.</summary>
    internal static NativeResult Map(SafeFileHandle file, long length, bool writes, out SafePosixMapping mapping)
    {
        int protection = SysMmanH.PROT_READ | (writes ? SysMmanH.PROT_WRITE : 0);
        NativeResult result = Result(mmap(0, (nuint)length, protection, SysMmanH.MAP_SHARED, file, 0));
        mapping = new SafePosixMapping(result.Value, length);
        return result;
    }

    /// <summary>Whether this process has room for a mapping of that length: mmap(2) of nothing, undone at once.</summary>
    internal static bool CanMap(long length)
    {
        NativeResult start = Result(mmap(0, (nuint)length, SysMmanH.PROT_NONE, SysMmanH.MAP_PRIVATE | SysMmanH.MAP_ANON, -1, 0));
        if (start.IsSuccess)
        {
            Unmap(start.Value, length);
        }

        return start.IsSuccess;
    }

    /// <summary>munmap(2).</summary>
    internal static NativeResult Unmap(nint start, long length) => Result(munmap(start, (nuint)length));

    /// <summary>shm_open(3): the object with this name, which begins with a slash; closed on exec, as POSIX has it.</summary>
    internal static NativeResult ShmOpen(string name, int flags, int mode, out SafeFileHandle file)
    {
        NativeResult result = Result(VariadicOnStack ? shm_open(name, flags, 0, 0, 0, 0, 0, 0, mode) : shm_open(name, flags, mode));
        file = new SafeFileHandle(result.Value, ownsHandle: true);
        return result;
    }

    /// <summary>shm_unlink(3): takes the name away.</summary>
    internal static NativeResult ShmUnlink(string name) => Result(shm_unlink(name));

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint mmap(nint addr, nuint len, int prot, int flags, SafeFileHandle fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint mmap(nint addr, nuint len, int prot, int flags, int fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int munmap(nint addr, nuint len);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int shm_open(string name, int oflag, int mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int shm_open(string name, int oflag, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int shm_unlink(string name);
}

/// <summary>A mapped POSIX object; one that has no size yet is a mapping of nothing.</summary>
internal sealed class SafePosixMapping : SafeHandle
{
    private readonly long _length;

    internal SafePosixMapping(nint start, long length)
        : base(-1, ownsHandle: true)
    {
        _length = length;
        SetHandle(start);
    }

    internal static SafePosixMapping Nothing => new(0, 0);

    public override bool IsInvalid => handle == -1;

    protected override bool ReleaseHandle() => _length == 0 || Libc.Unmap(handle, _length).IsSuccess;
}
