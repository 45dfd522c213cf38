using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

/// <summary>A file descriptor that is closed once, by whoever owns it.</summary>
internal sealed class SafeFileDescriptor : SafeHandleMinusOneIsInvalid
{
    public SafeFileDescriptor()
        : base(ownsHandle: true)
    {
    }

    internal SafeFileDescriptor(int descriptor)
        : this() => SetHandle(descriptor);

    /// <summary>The number itself, for calls made by the thread that owns this handle.</summary>
    internal int Number => (int)handle;

    protected override bool ReleaseHandle() => Libc.Close((int)handle).IsSuccess;
}
