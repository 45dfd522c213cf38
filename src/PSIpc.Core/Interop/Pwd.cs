using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    // struct passwd and struct group begin with the name on every Unix; the rest is not read.
    private const int PasswdBytes = 256;

    private const int NameBufferBytes = 16384;

    /// <summary>getpwuid_r(3): the user's name, or null where there is none.</summary>
    internal static unsafe string? GetUserName(uint uid)
    {
        byte* entry = stackalloc byte[PasswdBytes];
        byte* buffer = stackalloc byte[NameBufferBytes];
        int failed = getpwuid_r(uid, entry, buffer, NameBufferBytes, out nint found);
        return failed == 0 && found != 0 ? Marshal.PtrToStringUTF8(*(nint*)entry) : null;
    }

    /// <summary>getgrgid_r(3): the group's name, or null where there is none.</summary>
    internal static unsafe string? GetGroupName(uint gid)
    {
        byte* entry = stackalloc byte[PasswdBytes];
        byte* buffer = stackalloc byte[NameBufferBytes];
        int failed = getgrgid_r(gid, entry, buffer, NameBufferBytes, out nint found);
        return failed == 0 && found != 0 ? Marshal.PtrToStringUTF8(*(nint*)entry) : null;
    }

    [LibraryImport(Library)]
    private static unsafe partial int getpwuid_r(uint uid, byte* pwd, byte* buf, nuint buflen, out nint result);

    [LibraryImport(Library)]
    private static unsafe partial int getgrgid_r(uint gid, byte* grp, byte* buf, nuint buflen, out nint result);
}
