using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct sembuf</c>: one operation of semop(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct SemBuf(ushort number, short operation, short flags = 0)
{
    internal readonly ushort Number = number;
    internal readonly short Operation = operation;
    internal readonly short Flags = flags;
}
