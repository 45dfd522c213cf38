using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct ipc_perm</c> of Linux on 64-bit machines: whose a System V object is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IpcPerm
{
    internal int Key;
    internal uint Uid;
    internal uint Gid;
    internal uint CreatorUid;
    internal uint CreatorGid;

    // glibc before 2.32 has a 16-bit mode and padding here: the same bytes on little-endian machines.
    internal uint Mode;
    internal ushort Sequence;
    private readonly ushort _padding;
    private readonly nuint _reserved1;
    private readonly nuint _reserved2;
}

/// <summary><c>struct ipc_perm</c> of macOS: whose a System V object is.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct DarwinIpcPerm
{
    internal uint Uid;
    internal uint Gid;
    internal uint CreatorUid;
    internal uint CreatorGid;
    internal ushort Mode;
    internal ushort Sequence;
    internal int Key;

    /// <summary>The same in the structure that the rest of the library reads.</summary>
    internal readonly IpcPerm ToIpcPerm() => new()
    {
        Key = Key,
        Uid = Uid,
        Gid = Gid,
        CreatorUid = CreatorUid,
        CreatorGid = CreatorGid,
        Mode = Mode,
        Sequence = Sequence,
    };
}

internal static partial class Libc
{
    /// <summary>ftok(3): a key from a file's inode and device and the low eight bits of the project.</summary>
    internal static NativeResult Ftok(string path, int project) => Result(ftok(path, project));

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ftok(string pathname, int proj_id);
}
