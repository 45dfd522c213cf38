using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Posix;

/// <summary>A lock that is flock(2) on a descriptor, which stays open as long as the lock is held.</summary>
internal abstract class FileLock(IpcAddress address) : SharedMemoryLock(address)
{
    private SafeFileHandle? _file;

    private protected override bool Exists => IsLinked(_file!);

    private protected FileId? LockedFile =>
        _file is not null && Libc.StatDescriptor(_file, out Statx stat).IsSuccess ? FileId.Of(stat) : null;

    private protected sealed override void Acquire(PollingWait wait)
    {
        _file = OpenFile();
        while (true)
        {
            NativeError error = Libc.Lock(_file, SysFileH.LOCK_EX | SysFileH.LOCK_NB).Error;
            if (error.Code is not (Errno.None or Errno.EAGAIN or Errno.EINTR))
            {
                throw SharedMemoryErrors.FromNative("flock", Address, error, () => null);
            }

            if (!Guards(_file))
            {
                SafeFileHandle gone = _file;
                _file = OpenFile();
                gone.Dispose();
            }
            else if (error.Code == Errno.None)
            {
                return;
            }
            else
            {
                wait.Pause();
            }
        }
    }

    // Unlocked and not only closed: a process that is just being started may have a copy of the descriptor.
    private protected sealed override void Release(bool held)
    {
        if (_file is { IsInvalid: false })
        {
            if (held)
            {
                BeforeUnlock(_file);
            }

            Libc.Lock(_file, SysFileH.LOCK_UN);
        }

        _file?.Dispose();
    }

    /// <summary>Opens the file whose lock it is.</summary>
    private protected abstract SafeFileHandle OpenFile();

    /// <summary>
    /// Whether the lock of this file still excludes everybody from the object; false where another file has to be opened.
    /// </summary>
    /// <exception cref="IpcException">The object was removed: its lock excludes nobody from the one that has the name now.</exception>
    private protected abstract bool Guards(SafeFileHandle file);

    /// <summary>Called while the lock is held for the last moment.</summary>
    private protected virtual void BeforeUnlock(SafeFileHandle file)
    {
    }

    private protected static bool IsLinked(SafeFileHandle file) =>
        Libc.StatDescriptor(file, out Statx stat).IsSuccess && stat.LinkCount > 0;
}

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
