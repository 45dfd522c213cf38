using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Windows;

/// <summary>
/// A mapped section. It keeps no handle of the section itself: Windows takes the name away with the last one, and the memory with the
/// last mapping.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsView(IpcAddress address, SharedMemoryAccess access, SafeMemoryMappedViewHandle mapping)
    : MappedView(address, access, mapping, (long)mapping.ByteLength)
{
    internal override bool IsRemoved => !WindowsBackend.Exists(Address);
}
