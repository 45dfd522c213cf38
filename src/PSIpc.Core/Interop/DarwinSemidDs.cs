using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>The begin of <c>struct semid_ds</c> of macOS, which IPC_SET takes the owner and the mode from.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 72)]
internal struct DarwinSemidDs
{
    internal DarwinIpcPerm Perm;
}
