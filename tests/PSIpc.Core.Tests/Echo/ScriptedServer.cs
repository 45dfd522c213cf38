using System.Net;
using System.Net.Sockets;
using PSIpc.Sockets;

namespace PSIpc.Core.Tests.Echo;

/// <summary>A listener that does with each connection what a test says: for servers that misbehave.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listener;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopped = new();
    private Socket? _current;

    private ScriptedServer(Socket listener, Action<Socket> behave)
    {
        _listener = listener;
        _thread = new Thread(() => Serve(behave)) { IsBackground = true };
        _thread.Start();
    }

    internal SocketEndpoint Endpoint => _listener.LocalEndPoint switch
    {
        IPEndPoint address => SocketEndpoint.Tcp(address.Address.ToString(), address.Port),
        EndPoint path => SocketEndpoint.Unix(path.ToString()!),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Is signalled when the test is over, for behaviours that wait.</summary>
    internal WaitHandle Stopped => _stopped.Token.WaitHandle;

    internal static ScriptedServer Start(Action<Socket> behave) => Start(new IPEndPoint(IPAddress.Loopback, 0), behave);

    internal static ScriptedServer Start(EndPoint address, Action<Socket> behave)
    {
        var listener = new Socket(
            address.AddressFamily,
            SocketType.Stream,
            address.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        listener.Bind(address);
        listener.Listen(128);
        return new ScriptedServer(listener, behave);
    }

    /// <summary>One that never answers, whatever comes.</summary>
    internal static ScriptedServer StartSilent() => Start(static connection => Drain(connection, static _ => { }));

    /// <summary>One that changes what it sends back.</summary>
    internal static ScriptedServer StartEcho(Func<byte[], byte[]>? change = null) => Start(connection =>
    {
        Drain(connection, bytes => connection.Send(change is null ? bytes : change(bytes)));
        connection.Shutdown(SocketShutdown.Send);
    });

    internal static void Drain(Socket connection, Action<byte[]> each)
    {
        byte[] buffer = new byte[65536];
        for (int count; (count = connection.Receive(buffer)) > 0;)
        {
            each(buffer[..count]);
        }
    }

    /// <summary>Closes so that the peer gets a reset.</summary>
    internal static void Reset(Socket connection)
    {
        connection.LingerState = new LingerOption(true, 0);
        connection.Dispose();
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _listener.Dispose();
        Volatile.Read(ref _current)?.Dispose();
        _thread.Join();
        _stopped.Dispose();
    }

    private void Serve(Action<Socket> behave)
    {
        while (true)
        {
            try
            {
                using Socket connection = _listener.Accept();
                Volatile.Write(ref _current, connection);
                if (!_stopped.IsCancellationRequested)
                {
                    behave(connection);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                if (_stopped.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }
}
