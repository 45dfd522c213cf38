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
    internal static IpcException ConnectFailed(SocketException exception) =>
        new(Reason(exception.SocketErrorCode), exception.Message, exception.NativeErrorCode, exception);

    /// <inheritdoc cref="ConnectFailed(SocketException)"/>
    internal static IpcException ConnectFailed(NativeError error) => new(Reason(error), error.Message, error.Raw);

    /// <summary>An attempt that took too long.</summary>
    internal static IpcException ConnectTimedOut() => new(IpcErrorReason.EchoConnectTimeout, "no connection within the time for it");
}
