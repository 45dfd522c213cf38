using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct kinfo_proc</c> of macOS: what sysctl(3) tells of a process, as ps(1) reads it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 648)]
internal struct KinfoProc
{
    [FieldOffset(0)] internal long StartSeconds;
    [FieldOffset(8)] internal int StartMicroseconds;
    [FieldOffset(36)] internal sbyte State;
    [FieldOffset(40)] internal int Pid;
}
