using System.Runtime.InteropServices;
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

/// <summary>Keeps a mapping where it is while it is used: a Dispose on another thread takes effect afterwards.</summary>
internal readonly unsafe ref struct MappingReference
{
    private readonly SafeHandle _mapping;

    /// <exception cref="ObjectDisposedException">The mapping is gone already.</exception>
    internal MappingReference(SafeHandle mapping)
    {
        bool held = false;
        mapping.DangerousAddRef(ref held);
        _mapping = mapping;
    }

    internal byte* Pointer => (byte*)_mapping.DangerousGetHandle();

    public void Dispose() => _mapping.DangerousRelease();
}
