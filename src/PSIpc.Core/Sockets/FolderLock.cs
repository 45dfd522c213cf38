using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;

namespace PSIpc.Sockets;

/// <summary>An flock(2) on a folder, which excludes other users of it without leaving a file behind.</summary>
internal static class FolderLock
{
    /// <summary>The lock, given up when disposed; null when another process has it.</summary>
    /// <exception cref="IpcException">The folder cannot be opened.</exception>
    internal static SafeFileHandle? Take(string folder)
    {
        NativeError error = Libc.Open(folder, FcntlH.O_RDONLY | FcntlH.O_CLOEXEC, 0, out SafeFileHandle handle).Error;
        if (error.Raw != 0)
        {
            handle.Dispose();
            throw new IpcException(IpcErrorReason.EchoAccessDenied, $"Cannot open the folder '{folder}': {error}.", error.Raw);
        }

        if (!Libc.Lock(handle, SysFileH.LOCK_EX | SysFileH.LOCK_NB).IsSuccess)
        {
            handle.Dispose();
            return null;
        }

        return handle;
    }
}
