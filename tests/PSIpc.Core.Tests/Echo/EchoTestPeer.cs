using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using PSIpc.Echo.Server;
using PSIpc.Sockets;

namespace PSIpc.Core.Tests;

/// <summary>A client made of nothing but sockets, so that it shares no code with the server. Every read gives up after a minute.</summary>
internal sealed class EchoTestPeer : IDisposable
{
    private readonly Stream _stream;

    public EchoTestPeer(SocketEndpoint endpoint, int? receiveBuffer = null)
    {
        bool isUnix = endpoint.Transport is SocketTransport.Unix or SocketTransport.Pipe;
        EndPoint address = endpoint.Transport switch
        {
            SocketTransport.Unix => new UnixDomainSocketEndPoint(endpoint.Address),
            SocketTransport.Pipe => new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + endpoint.Address)),
            _ => new IPEndPoint(IPAddress.Parse(endpoint.Address), endpoint.Port),
        };
        Socket = new Socket(address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp)
        {
            ReceiveTimeout = 60_000,
            SendTimeout = 60_000,
        };
        if (receiveBuffer is int bytes)
        {
            Socket.ReceiveBufferSize = bytes;
        }

        Socket.Connect(address);
        _stream = new NetworkStream(Socket, ownsSocket: true);
        if (endpoint.Transport == SocketTransport.Tls)
        {
            var secure = new SslStream(_stream, false, (_, certificate, _, _) =>
                certificate!.GetCertHashString() == EchoTestServer.Certificate.GetCertHashString());
            secure.AuthenticateAsClient("localhost");
            _stream = secure;
        }
    }

    public Socket Socket { get; }

    public void Send(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    public void HalfClose()
    {
        if (_stream is SslStream secure)
        {
            secure.ShutdownAsync().GetAwaiter().GetResult();
        }
        else
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
    }

    public byte[] Read(int count)
    {
        byte[] bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    public int ReadSome(Span<byte> buffer) => _stream.Read(buffer);

    public byte[] ReadToEnd()
    {
        using var all = new MemoryStream();
        _stream.CopyTo(all);
        return all.ToArray();
    }

    /// <summary>Sends and receives at once, half-closes, and gives everything that came back.</summary>
    public byte[] Exchange(byte[] bytes, EchoMode mode = EchoMode.Stream)
    {
        if (_stream is SslStream && mode == EchoMode.Message)
        {
            // Nothing comes before the half-close, and an SslStream does not bear a shutdown and a read at the same time.
            Send(bytes);
            HalfClose();
            return ReadToEnd();
        }

        bool reads = _stream is SslStream;
        var sender = new Thread(() =>
        {
            try
            {
                Send(bytes);
                if (!reads)
                {
                    HalfClose();
                }
            }
            catch (IOException)
            {
                // What came back shows what is wrong.
            }
        });
        sender.Start();
        byte[] first = reads ? Read(bytes.Length) : [];
        if (reads)
        {
            sender.Join();
            HalfClose();
        }

        byte[] reply = [.. first, .. ReadToEnd()];
        sender.Join();
        return reply;
    }

    /// <summary>Whether the server ends the connection with a reset, rather than orderly, now or while being read from.</summary>
    public bool EndsInReset()
    {
        try
        {
            ReadToEnd();
            return false;
        }
        catch (IOException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return true;
        }
    }

    public void Dispose()
    {
        // A stream would shut it down first, which is no reset.
        Socket.Dispose();
        _stream.Dispose();
    }
}
