using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;

namespace PSIpc.Sockets;

/// <summary>
/// The file of a listening Unix socket (unix(7)): made with mode 0600, replaced where a dead server of this user left one, and removed
/// only while it is still the same file.
/// </summary>
internal sealed class UnixSocketFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly FileId? _identity;

    private UnixSocketFile(string path)
    {
        _path = path;
        _identity = FileId.OfPath(path);
    }

    /// <summary>Binds and listens.</summary>
    /// <exception cref="IpcException">The path is taken, or cannot be made.</exception>
    internal static (Socket Socket, UnixSocketFile File) Listen(string path, int backlog)
    {
        UnixDomainSocketEndPoint address = EndpointResolver.Unix(path);
        if (OperatingSystem.IsWindows())
        {
            return ListenOnWindows(address, backlog);
        }

        SafeFileDescriptor socket = Create();
        try
        {
            NativeResult result = Bind(socket, path);
            if (result.Error.Code == Errno.EADDRINUSE)
            {
                result = ReplaceStale(socket, path);
            }

            ThrowIfFailed(result, path);
            var file = new UnixSocketFile(path);
            try
            {
                if (!OperatingSystem.IsLinux())
                {
                    // Nobody can connect before listen, so the mode is in force in time.
                    File.SetUnixFileMode(path, OwnerOnly);
                }

                ThrowIfFailed(Libc.Listen(socket, backlog), path);
                return (Adopt(socket), file);
            }
            catch
            {
                file.Remove();
                throw;
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes the file, if it is still the one that was made here.</summary>
    internal void Remove()
    {
        if (OperatingSystem.IsWindows())
        {
            // Closing the socket does it.
            return;
        }

        if (_identity is not null && FileId.OfPath(_path) == _identity)
        {
            _ = Libc.Unlink(_path);
        }
    }

    private static SafeFileDescriptor Create()
    {
        int flags = OperatingSystem.IsLinux() ? SysSocketH.SOCK_CLOEXEC : 0;
        NativeResult result = Libc.Socket(SysSocketH.AF_UNIX, SysSocketH.SOCK_STREAM | flags, 0, out SafeFileDescriptor socket);
        if (!result.IsSuccess)
        {
            throw Failure(result.Error, "a new Unix socket");
        }

        if (OperatingSystem.IsLinux())
        {
            // The file gets the mode of the socket, so it never exists with a wider one.
            _ = Libc.FChMod(socket, (int)OwnerOnly);
        }
        else
        {
            _ = Libc.SetCloseOnExec(socket);
        }

        return socket;
    }

    private static NativeResult Bind(SafeFileDescriptor socket, string path)
    {
        SocketAddress address = new UnixDomainSocketEndPoint(path).Serialize();
        return Libc.Bind(socket, address.Buffer.Span[..address.Size]);
    }

    // Two servers that find the same stale file must not remove each other's new one, so its directory is locked meanwhile.
    private static NativeResult ReplaceStale(SafeFileDescriptor socket, string path)
    {
        using SafeFileHandle folder = FolderLock.Take(Path.GetDirectoryName(path)!)
            ?? throw InUse(path, ": another server is just starting there");
        ThrowUnlessStale(path);
        NativeResult result = Libc.Unlink(path);
        return result.IsSuccess || result.Error.Code == Errno.ENOENT ? Bind(socket, path) : result;
    }

    private static void ThrowUnlessStale(string path)
    {
        if (Libc.StatPath(path, out Statx status).IsSuccess)
        {
            if ((status.Mode & SysStatH.S_IFMT) != SysStatH.S_IFSOCK)
            {
                throw NotASocket(path);
            }

            if (status.Uid != Libc.GetEUid())
            {
                throw InUse(path, $": the socket file belongs to user {status.Uid}; if its server is gone, have it removed");
            }
        }

        using SafeFileDescriptor probe = Create();
        SocketAddress address = new UnixDomainSocketEndPoint(path).Serialize();
        NativeResult result = Libc.Connect(probe, address.Buffer.Span[..address.Size]);
        switch (result.Error.Code)
        {
            case Errno.ECONNREFUSED when !IsBound(path):
            case Errno.ENOENT:
                return;
            case Errno.ENOTSOCK:
                throw NotASocket(path);
            default:
                int? process = result.IsSuccess ? RemoteEndpoints.FindProcess(probe.Number) : null;
                throw InUse(path, process is null ? "" : $" by process {process}");
        }
    }

    // A server that has bound and not yet called listen refuses connections, but it is alive.
    private static bool IsBound(string path) =>
        File.Exists("/proc/net/unix") && File.ReadLines("/proc/net/unix").Any(line => line.EndsWith(' ' + path, StringComparison.Ordinal));

    private static Socket Adopt(SafeFileDescriptor socket)
    {
        var adopted = new Socket(new SafeSocketHandle(socket.Number, ownsHandle: true));
        socket.SetHandleAsInvalid();
        return adopted;
    }

    private static (Socket Socket, UnixSocketFile File) ListenOnWindows(UnixDomainSocketEndPoint address, int backlog)
    {
        string path = address.ToString();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(address);
            socket.Listen(backlog);
            return (socket, new UnixSocketFile(path));
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? InUse(path, "")
                : new IpcException(
                    IpcErrorReason.EchoPathInvalid,
                    $"Cannot listen on '{path}': {exception.Message}.",
                    exception.NativeErrorCode,
                    exception);
        }
    }

    private static void ThrowIfFailed(NativeResult result, string path)
    {
        if (!result.IsSuccess)
        {
            throw Failure(result.Error, $"'{path}'");
        }
    }

    private static IpcException Failure(NativeError error, string what)
    {
        IpcErrorReason reason = error.Code switch
        {
            Errno.EACCES or Errno.EPERM => IpcErrorReason.EchoAccessDenied,
            Errno.EADDRINUSE => IpcErrorReason.EchoAddressInUse,
            Errno.ENOENT or Errno.ENOTDIR or Errno.ENAMETOOLONG or Errno.ELOOP or Errno.EINVAL => IpcErrorReason.EchoPathInvalid,
            _ => IpcErrorReason.NativeError,
        };
        return new IpcException(reason, $"Cannot listen on {what}: {error}.", error.Raw);
    }

    private static IpcException NotASocket(string path) => new(
        IpcErrorReason.EchoPathNotASocket,
        $"'{path}' exists and isn't a socket; it is left as it is.");

    private static IpcException InUse(string path, string detail) => new(
        IpcErrorReason.EchoAddressInUse,
        $"The Unix socket '{path}' is in use{detail}.",
        (int)Errno.EADDRINUSE);
}

/// <summary>An flock(2) on a directory, which excludes other users of it without leaving a file behind.</summary>
internal static class FolderLock
{
    /// <summary>The lock, given up when disposed; null when another process has it.</summary>
    /// <exception cref="IpcException">The directory cannot be opened.</exception>
    internal static SafeFileHandle? Take(string folder)
    {
        NativeError error = Libc.Open(folder, FcntlH.O_RDONLY | FcntlH.O_CLOEXEC, 0, out SafeFileHandle handle).Error;
        if (error.Raw != 0)
        {
            handle.Dispose();
            throw new IpcException(IpcErrorReason.EchoAccessDenied, $"Cannot open the directory '{folder}': {error}.", error.Raw);
        }

        if (!Libc.Lock(handle, SysFileH.LOCK_EX | SysFileH.LOCK_NB).IsSuccess)
        {
            handle.Dispose();
            return null;
        }

        return handle;
    }
}
