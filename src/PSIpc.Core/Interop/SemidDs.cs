using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>The begin of <c>struct semid_ds</c>, which IPC_SET takes the owner and the mode from; the rest differs between architectures.</summary>
[StructLayout(LayoutKind.Sequential, Size = Largest)]
internal struct SemidDs
{
    // x64's; arm64's is smaller.
    private const int Largest = 104;

    internal IpcPerm Perm;
}
