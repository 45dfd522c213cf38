using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>statx(2) of a path, which is not followed if it is a link.</summary>
    internal static int Statx(string path, out StatxBuffer buffer) => ResultOrError(
        statx(FcntlH.AT_FDCWD, path, FcntlH.AT_SYMLINK_NOFOLLOW, SysStatH.STATX_BASIC_STATS, out buffer));

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out StatxBuffer buffer);

    /// <summary>The parts of <c>struct statx</c> that are used here; it is laid out alike on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatxBuffer
    {
        [FieldOffset(20)]
        internal uint UserId;

        [FieldOffset(28)]
        internal ushort Mode;

        [FieldOffset(32)]
        internal ulong Inode;

        [FieldOffset(136)]
        internal uint DeviceMajor;

        [FieldOffset(140)]
        internal uint DeviceMinor;
    }
}
