using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/socket.h&gt;</c> on Linux.</summary>
internal static class SysSocketH
{
    internal const int AF_UNIX = 1;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOL_SOCKET = 1;
    internal const int SO_ERROR = 4;
    internal const int SO_LINGER = 13;
    internal const int SO_PEERCRED = 17;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int SHUT_RD = 0;
    internal const int SHUT_WR = 1;
    internal const int SHUT_RDWR = 2;
}

internal static partial class Libc
{
    /// <summary>socket(2).</summary>
    internal static NativeResult Socket(int family, int type, int protocol, out SafeFileDescriptor descriptor)
    {
        NativeResult result = Result(socket(family, type, protocol));
        descriptor = new SafeFileDescriptor(result.IntValue);
        return result;
    }

    /// <summary>bind(2), with the address as <see cref="System.Net.EndPoint.Serialize"/> lays it out.</summary>
    internal static unsafe NativeResult Bind(SafeFileDescriptor socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            return Result(bind(socket, start, (uint)address.Length));
        }
    }

    /// <summary>listen(2).</summary>
    internal static NativeResult Listen(SafeFileDescriptor socket, int backlog) => Result(listen(socket, backlog));

    /// <summary>accept4(2), without the peer's address: the connection's descriptor, which the caller owns.</summary>
    internal static unsafe NativeResult Accept(int listener, int flags) => ResultOrErrno(accept4(listener, null, null, flags));

    /// <summary>connect(2), with the address as <see cref="System.Net.EndPoint.Serialize"/> lays it out.</summary>
    internal static unsafe NativeResult Connect(SafeFileDescriptor socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            return Result(connect(socket, start, (uint)address.Length));
        }
    }

    /// <summary>send(2): the number of bytes taken, which can be fewer than given.</summary>
    internal static unsafe NativeResult Send(int socket, ReadOnlySpan<byte> bytes, int flags)
    {
        fixed (byte* start = bytes)
        {
            return ResultOrErrno(send(socket, start, (nuint)bytes.Length, flags));
        }
    }

    /// <summary>recv(2): the number of bytes, 0 at the end of the stream.</summary>
    internal static unsafe NativeResult Receive(int socket, Span<byte> buffer, int flags)
    {
        fixed (byte* start = buffer)
        {
            return ResultOrErrno(recv(socket, start, (nuint)buffer.Length, flags));
        }
    }

    /// <summary>shutdown(2).</summary>
    internal static NativeResult Shutdown(int socket, int how) => Result(shutdown(socket, how));

    /// <summary>getsockname(2): the length of the address written into the buffer.</summary>
    internal static unsafe NativeResult GetSocketName(int socket, Span<byte> address)
    {
        uint length = (uint)address.Length;
        fixed (byte* start = address)
        {
            NativeResult result = Result(getsockname(socket, start, &length));
            return result.IsSuccess ? new NativeResult((nint)length) : result;
        }
    }

    /// <summary>getpeername(2): the length of the address written into the buffer.</summary>
    internal static unsafe NativeResult GetPeerName(int socket, Span<byte> address)
    {
        uint length = (uint)address.Length;
        fixed (byte* start = address)
        {
            NativeResult result = Result(getpeername(socket, start, &length));
            return result.IsSuccess ? new NativeResult((nint)length) : result;
        }
    }

    /// <summary>getsockopt(2) of an integer, or a struct of integers.</summary>
    internal static unsafe NativeResult GetSocketOption(int socket, int level, int name, Span<int> value)
    {
        uint length = (uint)(value.Length * sizeof(int));
        fixed (int* start = value)
        {
            return Result(getsockopt(socket, level, name, start, &length));
        }
    }

    /// <summary>setsockopt(2) with an integer, or a struct of integers.</summary>
    internal static unsafe NativeResult SetSocketOption(int socket, int level, int name, ReadOnlySpan<int> value)
    {
        fixed (int* start = value)
        {
            return Result(setsockopt(socket, level, name, start, (uint)(value.Length * sizeof(int))));
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int bind(SafeFileDescriptor socket, byte* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int listen(SafeFileDescriptor socket, int backlog);

    [LibraryImport(Library)]
    private static unsafe partial int accept4(int socket, byte* address, uint* length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int connect(SafeFileDescriptor socket, byte* address, uint length);

    [LibraryImport(Library)]
    private static unsafe partial nint send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library)]
    private static unsafe partial nint recv(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shutdown(int socket, int how);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int getsockname(int socket, byte* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int getpeername(int socket, byte* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int getsockopt(int socket, int level, int name, int* value, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int setsockopt(int socket, int level, int name, int* value, uint length);
}
