using System.Runtime.InteropServices;

namespace PSIpc.Interop;

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
