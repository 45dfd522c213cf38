using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/stat.h&gt;</c> on Linux.</summary>
internal static class SysStatH
{
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const int S_IFMT = 0xf000;
    internal const int S_IFREG = 0x8000;
    internal const int S_IFSOCK = 0xc000;
}

/// <summary><c>struct statx</c> of Linux, the one stat structure that is the same on every architecture (statx(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Statx
{
    [FieldOffset(0)] internal uint Mask;
    [FieldOffset(16)] internal uint LinkCount;
    [FieldOffset(20)] internal uint Uid;
    [FieldOffset(24)] internal uint Gid;
    [FieldOffset(28)] internal ushort Mode;
    [FieldOffset(32)] internal ulong Inode;
    [FieldOffset(40)] internal ulong Size;
    [FieldOffset(48)] internal ulong Blocks;
    [FieldOffset(80)] internal long BirthSeconds;
    [FieldOffset(88)] internal uint BirthNanoseconds;
    [FieldOffset(96)] internal long ChangeSeconds;
    [FieldOffset(104)] internal uint ChangeNanoseconds;
    [FieldOffset(112)] internal long ModifySeconds;
    [FieldOffset(120)] internal uint ModifyNanoseconds;
    [FieldOffset(136)] internal uint DeviceMajor;
    [FieldOffset(140)] internal uint DeviceMinor;

    internal readonly bool IsRegularFile => (Mode & SysStatH.S_IFMT) == SysStatH.S_IFREG;
}

/// <summary><c>struct stat</c> of Linux on x64 and arm64, which differ from the third field to the seventh.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal struct LinuxStat
{
    [FieldOffset(0)] internal ulong Device;
    [FieldOffset(8)] internal ulong Inode;
    [FieldOffset(16)] internal ulong LinkCountX64;
    [FieldOffset(24)] internal uint ModeX64;
    [FieldOffset(28)] internal uint UidX64;
    [FieldOffset(32)] internal uint GidX64;
    [FieldOffset(16)] internal uint ModeArm64;
    [FieldOffset(20)] internal uint LinkCountArm64;
    [FieldOffset(24)] internal uint UidArm64;
    [FieldOffset(28)] internal uint GidArm64;
    [FieldOffset(48)] internal long Size;
    [FieldOffset(64)] internal long Blocks;
    [FieldOffset(88)] internal TimeSpec Modified;
    [FieldOffset(104)] internal TimeSpec Changed;

    /// <summary>The same in the structure that the rest of the library reads.</summary>
    internal readonly Statx ToStatx()
    {
        bool x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        return new()
        {
            Mask = SysStatH.STATX_BASIC_STATS,
            LinkCount = x64 ? (uint)LinkCountX64 : LinkCountArm64,
            Uid = x64 ? UidX64 : UidArm64,
            Gid = x64 ? GidX64 : GidArm64,
            Mode = (ushort)(x64 ? ModeX64 : ModeArm64),
            Inode = Inode,
            Size = (ulong)Size,
            Blocks = (ulong)Blocks,
            ChangeSeconds = Changed.Seconds,
            ChangeNanoseconds = (uint)Changed.Nanoseconds,
            ModifySeconds = Modified.Seconds,
            ModifyNanoseconds = (uint)Modified.Nanoseconds,

            // makedev(3): the older bits of both numbers are below the newer ones.
            DeviceMajor = (uint)((Device >> 8) & 0xfff) | (uint)((Device >> 32) & ~0xfffUL),
            DeviceMinor = (uint)(Device & 0xff) | (uint)((Device >> 12) & ~0xffUL),
        };
    }
}

/// <summary><c>struct stat</c> of macOS, with its 64-bit inode number.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal struct DarwinStat
{
    [FieldOffset(0)] internal int Device;
    [FieldOffset(4)] internal ushort Mode;
    [FieldOffset(6)] internal ushort LinkCount;
    [FieldOffset(8)] internal ulong Inode;
    [FieldOffset(16)] internal uint Uid;
    [FieldOffset(20)] internal uint Gid;
    [FieldOffset(48)] internal TimeSpec Modified;
    [FieldOffset(64)] internal TimeSpec Changed;
    [FieldOffset(80)] internal TimeSpec Born;
    [FieldOffset(96)] internal long Size;
    [FieldOffset(104)] internal long Blocks;

    /// <summary>The same in the structure that the rest of the library reads; a device is one number here.</summary>
    internal readonly Statx ToStatx() => new()
    {
        Mask = SysStatH.STATX_BASIC_STATS,
        LinkCount = LinkCount,
        Uid = Uid,
        Gid = Gid,
        Mode = Mode,
        Inode = Inode,
        Size = (ulong)Size,
        Blocks = (ulong)Blocks,
        BirthSeconds = Born.Seconds,
        BirthNanoseconds = (uint)Born.Nanoseconds,
        ChangeSeconds = Changed.Seconds,
        ChangeNanoseconds = (uint)Changed.Nanoseconds,
        ModifySeconds = Modified.Seconds,
        ModifyNanoseconds = (uint)Modified.Nanoseconds,
        DeviceMinor = (uint)Device,
    };
}

internal static partial class Libc
{
    // The functions of the structure with the 64-bit inode have a name of their own where an older one came before it.
    private const string Inode64 = "$INODE64";

    private static readonly bool HasPlainStat = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private static NativeResult DarwinStatPath(string path, out Statx stat)
    {
        NativeResult result = Result((HasPlainStat ? lstat(path, out DarwinStat darwin) : lstat64(path, out darwin)));
        stat = darwin.ToStatx();
        return result;
    }

    private static NativeResult DarwinStatDescriptor(SafeFileHandle file, out Statx stat)
    {
        NativeResult result = Result((HasPlainStat ? fstat(file, out DarwinStat darwin) : fstat64(file, out darwin)));
        stat = darwin.ToStatx();
        return result;
    }

    // What newfstatat(2) takes of the flags of statx(2).
    private const int StatFlags = FcntlH.AT_SYMLINK_NOFOLLOW | FcntlH.AT_EMPTY_PATH;

    /// <summary>statx(2) of a path, a link itself and not what it points to; on macOS lstat(2).</summary>
    internal static NativeResult StatPath(string path, out Statx stat) => OperatingSystem.IsMacOS()
        ? DarwinStatPath(path, out stat)
        : LinuxStatx(FcntlH.AT_FDCWD, path, FcntlH.AT_SYMLINK_NOFOLLOW, out stat);

    /// <summary>statx(2) of what a path leads to, without asking a server that may not answer.</summary>
    internal static NativeResult StatTarget(string path, out Statx stat) =>
        LinuxStatx(FcntlH.AT_FDCWD, path, FcntlH.AT_STATX_DONT_SYNC, out stat);

    /// <summary>statx(2) of an open file; on macOS fstat(2).</summary>
    internal static NativeResult StatDescriptor(SafeFileHandle file, out Statx stat)
    {
        if (OperatingSystem.IsMacOS())
        {
            return DarwinStatDescriptor(file, out stat);
        }

        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return LinuxStatx(file.DangerousGetHandle(), "", FcntlH.AT_EMPTY_PATH, out stat);
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>newfstatat(2), as it answers on every kernel of x64 and arm64.</summary>
    internal static NativeResult LinuxStatAt(nint directory, string path, int flags, out Statx stat)
    {
        NativeResult result = Result(syscall(SYS_newfstatat, directory, path, out LinuxStat linux, flags & StatFlags));
        stat = linux.ToStatx();
        return result;
    }

    // By number, because musl before 1.2.5 and glibc before 2.28 do not export it. A kernel before 4.11 does not have it, and the
    // filter of an old container refuses it.
    private static NativeResult LinuxStatx(nint directory, string path, int flags, out Statx stat)
    {
        NativeResult result = Result(syscall(SYS_statx, directory, path, flags, (nint)SysStatH.STATX_BASIC_STATS, out stat));
        return result.Error.Code is Errno.ENOSYS or Errno.EPERM
            && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64
            ? LinuxStatAt(directory, path, flags, out stat)
            : result;
    }

    /// <summary>fchmod(2): the mode as given, which open(2) would have cut by the umask.</summary>
    internal static NativeResult FChMod(SafeHandle file, int mode) => Result(fchmod(file, (uint)mode));

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lstat(string path, out DarwinStat buf);

    [LibraryImport(Library, EntryPoint = nameof(lstat) + Inode64, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lstat64(string path, out DarwinStat buf);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fstat(SafeFileHandle fd, out DarwinStat buf);

    [LibraryImport(Library, EntryPoint = nameof(fstat) + Inode64, SetLastError = true)]
    private static partial int fstat64(SafeFileHandle fd, out DarwinStat buf);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchmod(SafeHandle fd, uint mode);
}
