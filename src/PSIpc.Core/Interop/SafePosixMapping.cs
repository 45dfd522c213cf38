using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>A mapped POSIX object; one that has no size yet is a mapping of nothing.</summary>
internal sealed class SafePosixMapping : SafeHandle
{
    private readonly long _length;

    internal SafePosixMapping(nint start, long length)
        : base(-1, ownsHandle: true)
    {
        _length = length;
        SetHandle(start);
    }

    internal static SafePosixMapping Nothing => new(0, 0);

    public override bool IsInvalid => handle == -1;

    protected override bool ReleaseHandle() => _length == 0 || Libc.Unmap(handle, _length);
}
