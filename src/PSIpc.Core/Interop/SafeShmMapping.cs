using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>An attached System V segment; detaching is its one way out, once.</summary>
internal sealed class SafeShmMapping : SafeHandle
{
    internal SafeShmMapping(nint address)
        : base(-1, ownsHandle: true) => SetHandle(address);

    public override bool IsInvalid => handle == -1;

    protected override bool ReleaseHandle() => Libc.ShmDt(handle);
}
