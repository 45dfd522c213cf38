using System.Runtime.InteropServices;

namespace PSIpc.Interop;

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
