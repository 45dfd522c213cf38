using System.Net;
using System.Net.Sockets;
using PSIpc.Interop;

namespace PSIpc.Sockets;

/// <summary>Where an error of a socket becomes a reason, for everything on the client's side.</summary>
internal static class SocketErrors
{
    internal static IpcErrorReason Reason(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => IpcErrorReason.EchoConnectionRefused,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => IpcErrorReason.EchoConnectionReset,
        SocketError.TimedOut => IpcErrorReason.EchoConnectTimeout,
        SocketError.AccessDenied => IpcErrorReason.EchoAccessDenied,
        SocketError.AddressNotAvailable or SocketError.NetworkUnreachable or SocketError.HostUnreachable
            or SocketError.HostDown or SocketError.NetworkDown or SocketError.AddressFamilyNotSupported
            => IpcErrorReason.EchoAddressUnavailable,
        SocketError.MessageSize => IpcErrorReason.EchoMessageTooLarge,
        SocketError.ProtocolType => IpcErrorReason.EchoPathNotASocket,
        _ => IpcErrorReason.NativeError,
    };

    internal static IpcErrorReason Reason(NativeError error) => error.Code switch
    {
        Errno.ECONNREFUSED or Errno.ENOENT => IpcErrorReason.EchoConnectionRefused,
        Errno.ECONNRESET or Errno.ECONNABORTED or Errno.EPIPE or Errno.ENOTCONN => IpcErrorReason.EchoConnectionReset,
        Errno.ETIMEDOUT => IpcErrorReason.EchoConnectTimeout,
        Errno.EACCES or Errno.EPERM => IpcErrorReason.EchoAccessDenied,
        Errno.EADDRNOTAVAIL or Errno.ENETUNREACH or Errno.EHOSTUNREACH => IpcErrorReason.EchoAddressUnavailable,
        Errno.EPROTOTYPE => IpcErrorReason.EchoPathNotASocket,
        Errno.ENOTDIR or Errno.ELOOP => IpcErrorReason.EchoPathInvalid,
        _ => IpcErrorReason.NativeError,
    };

    /// <summary>An attempt that failed. The message is a clause, for the sentence about all attempts.</summary>
    internal static IpcException ConnectFailed(EndPoint address, SocketException exception)
    {
        // .NET maps ENOENT, a path without a file, to "address not available", and its exception has lost errno.
        bool isPath = address is UnixDomainSocketEndPoint && !OperatingSystem.IsWindows();
        return exception.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable when isPath => ConnectFailed(address, new NativeError((int)Errno.ENOENT)),
            SocketError.ConnectionRefused when isPath => ConnectFailed(address, new NativeError(exception.NativeErrorCode)),
            _ => new IpcException(Reason(exception.SocketErrorCode), exception.Message, exception.NativeErrorCode, exception),
        };
    }

    /// <inheritdoc cref="ConnectFailed(EndPoint, SocketException)"/>
    internal static IpcException ConnectFailed(EndPoint address, NativeError error) =>
        error.Code == Errno.ECONNREFUSED && IsOtherFile(address)
            ? new IpcException(IpcErrorReason.EchoPathNotASocket, "what is there isn't a socket", error.Raw)
            : new IpcException(Reason(error), error.Message, error.Raw);

    /// <summary>An attempt that took too long.</summary>
    internal static IpcException ConnectTimedOut() => new(IpcErrorReason.EchoConnectTimeout, "no connection within the time for it");

    /// <summary>Returns the next pause of an attempt that a full backlog of a Unix socket refuses: twice as long, up to 20 ms.</summary>
    internal static TimeSpan NextPause(TimeSpan pause) => TimeSpan.FromMilliseconds(Math.Min(20, pause.TotalMilliseconds * 2));

    // connect(2) refuses a plain file as it refuses a socket without a server.
    private static bool IsOtherFile(EndPoint address)
    {
        if (address is not UnixDomainSocketEndPoint)
        {
            return false;
        }

        string path = address.ToString()!;
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return Libc.StatPath(target, out Statx status).IsSuccess && (status.Mode & SysStatH.S_IFMT) != SysStatH.S_IFSOCK;
    }
}
