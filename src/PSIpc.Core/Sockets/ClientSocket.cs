using System.Net;
using System.Runtime.InteropServices;
using PSIpc.Interop;

namespace PSIpc.Sockets;

/// <summary>A stream socket that never blocks: what the readiness loops of the client's side are made of.</summary>
/// <remarks>
/// The framework's own socket cannot wait for both directions, a deadline and a cancellation at once on the calling thread.
/// </remarks>
internal sealed class ClientSocket : IDisposable
{
    private readonly SafeFileDescriptor _descriptor;

    private ClientSocket(SafeFileDescriptor descriptor)
    {
        _descriptor = descriptor;

        // Kept here for the loops: among thousands of connections every object on the way to it is a cache miss.
        Descriptor = descriptor.Number;
    }

    /// <summary>The descriptor, for readiness sets; it is this object's to close.</summary>
    internal int Descriptor { get; }

    /// <summary>
    /// Makes a socket and begins to connect it. <see cref="Errno.EINPROGRESS"/> until it is writable; then <see cref="TakeError"/> says.
    /// </summary>
    /// <param name="address">An address of the framework, serialized: it is the system's own sockaddr.</param>
    /// <param name="error">None, in progress, or why not.</param>
    /// <returns>Null where the connection failed at once.</returns>
    internal static ClientSocket? Connect(SocketAddress address, out NativeError error)
    {
        ReadOnlySpan<byte> bytes = address.Buffer.Span[..address.Size];
        int family = MemoryMarshal.Read<ushort>(bytes);
        const int Type = SysSocketH.SOCK_STREAM | SysSocketH.SOCK_NONBLOCK | SysSocketH.SOCK_CLOEXEC;
        NativeResult result = Libc.Socket(family, Type, 0, out SafeFileDescriptor descriptor);
        if (result.IsSuccess)
        {
            if (family != SysSocketH.AF_UNIX)
            {
                _ = Libc.SetSocketOption(descriptor.Number, NetinetInH.IPPROTO_TCP, NetinetTcpH.TCP_NODELAY, [1]);
            }

            result = Libc.Connect(descriptor, bytes);
        }

        error = result.Error;
        if (error.Code is Errno.None or Errno.EINPROGRESS)
        {
            return new ClientSocket(descriptor);
        }

        descriptor.Dispose();
        return null;
    }

    /// <summary>What became of the connection, once it is decided (SO_ERROR; reading it clears it).</summary>
    internal NativeError TakeError()
    {
        Span<int> value = stackalloc int[1];
        NativeResult result = Libc.GetSocketOption(Descriptor, SysSocketH.SOL_SOCKET, SysSocketH.SO_ERROR, value);
        return result.IsSuccess ? new NativeError(value[0]) : result.Error;
    }

    /// <summary>How many bytes the socket took; -1 for none now (a full buffer), and any other error.</summary>
    internal int Send(ReadOnlySpan<byte> bytes, out NativeError error) =>
        Result(Libc.Send(Descriptor, bytes, SysSocketH.MSG_NOSIGNAL), out error);

    /// <summary>How many bytes came, 0 at the end of the stream; -1 for none now, and any other error.</summary>
    internal int Receive(Span<byte> buffer, out NativeError error) => Result(Libc.Receive(Descriptor, buffer, 0), out error);

    /// <summary>Waits for one of the events, an error or a hang-up.</summary>
    /// <param name="events"><see cref="PollH.POLLIN"/>, <see cref="PollH.POLLOUT"/> or both.</param>
    /// <param name="milliseconds">-1 for no limit.</param>
    /// <returns>What is ready; 0 when the time was over, or a signal came.</returns>
    internal int Poll(int events, int milliseconds) => Math.Max(0, Libc.Poll(Descriptor, (short)events, milliseconds).IntValue);

    /// <summary>Ends the sending side: the peer reads EOF. A connection that is gone already is left as it is.</summary>
    internal void ShutdownSend() => _ = Libc.Shutdown(Descriptor, SysSocketH.SHUT_WR);

    /// <summary>Ends both sides, which also wakes a thread that waits in <see cref="Poll"/>.</summary>
    internal void ShutdownBoth()
    {
        bool held = false;
        try
        {
            // Called from another thread: the number must not be closed, and given to someone else, meanwhile.
            _descriptor.DangerousAddRef(ref held);
            _ = Libc.Shutdown(Descriptor, SysSocketH.SHUT_RDWR);
        }
        catch (ObjectDisposedException)
        {
            // Closed: no thread waits.
        }
        finally
        {
            if (held)
            {
                _descriptor.DangerousRelease();
            }
        }
    }

    /// <summary>This side's address, as text.</summary>
    /// <param name="like">An endpoint of the same family.</param>
    internal string LocalName(EndPoint like)
    {
        var address = new SocketAddress(like.AddressFamily, like.Serialize().Size);
        NativeResult length = Libc.GetSocketName(Descriptor, address.Buffer.Span);
        return !length.IsSuccess ? string.Empty : like.Create(address).ToString()!;
    }

    public void Dispose() => _descriptor.Dispose();

    private static int Result(NativeResult result, out NativeError error)
    {
        error = result.Error;
        return result.IntValue;
    }
}
