using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary><c>struct timespec</c> of 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    internal long Seconds;
    internal long Nanoseconds;
}
