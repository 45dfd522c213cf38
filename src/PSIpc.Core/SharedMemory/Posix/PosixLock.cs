using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Posix;

/// <summary>The lock of an object that is a file: flock(2) on the object itself.</summary>
internal sealed class PosixLock(IpcAddress address) : FileLock(address)
{
    internal override FileId? File => LockedFile;

    private protected override SafeFileHandle OpenFile() => PosixBackend.OpenObject(Address, SharedMemoryAccess.Read);

    private protected override bool Guards(SafeFileHandle file)
    {
        if (!IsLinked(file))
        {
            throw SharedMemoryErrors.RemovedMeanwhile(Address);
        }

        return true;
    }
}
