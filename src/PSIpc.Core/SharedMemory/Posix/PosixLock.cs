using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;

namespace PSIpc.Posix;

/// <summary>The lock of an object: flock(2) on a descriptor that stays open as long as the lock is held.</summary>
internal sealed class PosixLock(SharedMemoryAddress address) : SharedMemoryLock(address)
{
    private SafeFileHandle? _file;

    private protected override bool Exists => IsLinked(_file!);

    private protected override void Acquire(BoundedWait wait)
    {
        _file = PosixBackend.OpenObject(Address, SharedMemoryAccess.Read);
        while (true)
        {
            int result = Libc.Lock(_file, SysFileH.LOCK_EX | SysFileH.LOCK_NB);
            NativeError error = Libc.ErrorOf(Math.Min(result, 0));
            if (error.Code is not (Errno.None or Errno.EAGAIN or Errno.EINTR))
            {
                PosixBackend.Check("flock", Address, error);
            }

            // The lock of an object that was removed excludes nobody from the one that has the name now.
            if (!IsLinked(_file))
            {
                throw SharedMemoryErrors.RemovedMeanwhile(Address);
            }

            if (result == 0)
            {
                return;
            }

            if (!wait.Pause())
            {
                throw wait.TimedOut($"the lock of {Address}");
            }
        }
    }

    // Unlocked and not only closed: a process that is just being started may have a copy of the descriptor.
    private protected override void Release(bool held)
    {
        if (_file is { IsInvalid: false })
        {
            Libc.Lock(_file, SysFileH.LOCK_UN);
        }

        _file?.Dispose();
    }

    private static bool IsLinked(SafeFileHandle file) => Libc.StatDescriptor(file, out Statx stat).Raw == 0 && stat.LinkCount > 0;
}
