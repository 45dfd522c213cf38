using System.Net;
using System.Net.Sockets;
using PSIpc.Echo.Server.Sessions;
using PSIpc.Sockets;

namespace PSIpc.Echo.Server.Engines;

/// <summary>
/// UDP: one thread that receives a datagram and sends it back, with no allocation between. Datagrams promise nothing, so one that
/// cannot go back is dropped, and so is at the stop what a fault holds back.
/// </summary>
internal sealed class DatagramEngine : IEchoEngine
{
    private const int MaxDatagramBytes = 65_536;
    private const int MaxDelayed = 1024;

    // Services that answer anything: a datagram with such a forged sender would go back and forth forever (CERT CA-1996-01).
    private static readonly HashSet<int> AnsweringPorts = [0, 7, 13, 17, 19, 37];

    private readonly EchoServerContext _service;
    private readonly ListeningSocket _listener;
    private readonly Socket _socket;
    private readonly IPEndPoint _anyone;
    private readonly Queue<Delayed> _delayed = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number;
    private long _allocatedBytes;
    private volatile bool _stopping;

    internal DatagramEngine(EchoServerContext service, ListeningSocket listener)
    {
        _service = service;
        _listener = listener;
        _socket = listener.Socket;
        _anyone = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        new Thread(RunToCompletion) { IsBackground = true, Name = $"echo {listener.Endpoint}" }.Start();
    }

    public string Name => "datagrams";

    public Task Completion => _completion.Task;

    public bool IsAcceptPaused => false;

    /// <summary>What the loop has allocated so far: for the test that an exchange allocates nothing.</summary>
    internal long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    public void Stop(long deadline)
    {
        _stopping = true;
        // This also ends the wait for a datagram.
        _listener.Dispose();
    }

    private void RunToCompletion()
    {
        try
        {
            Run();
            _completion.SetResult();
        }
        catch (Exception exception)
        {
            _listener.Dispose();
            _completion.SetException(exception);
        }
    }

    private void Run()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxDatagramBytes, pinned: true);
        SocketAddress sender = _anyone.Serialize();
        int room = sender.Size;
        while (!_stopping)
        {
            try
            {
                SendDue();
                if (!IsReadable())
                {
                    continue;
                }

                sender.Size = room;
                int count = _socket.ReceiveFrom(buffer, SocketFlags.None, sender);
                Echo(buffer.AsSpan(0, count), sender);
                Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
            }
            catch (Exception exception) when (_stopping && exception is SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // An answer that the network refused, or on some systems an earlier one's ICMP error.
                Interlocked.Increment(ref _service.Counters.Errors);
            }
        }
    }

    // Without delayed answers the receive itself waits.
    private bool IsReadable()
    {
        if (!_delayed.TryPeek(out Delayed first))
        {
            return true;
        }

        long wait = Math.Clamp(first.DueAt - Environment.TickCount64, 0, int.MaxValue / 1000);
        return _socket.Poll((int)wait * 1000, SelectMode.SelectRead);
    }

    private void Echo(Span<byte> datagram, SocketAddress sender)
    {
        Interlocked.Add(ref _service.Counters.BytesReceived, datagram.Length);
        Interlocked.Increment(ref _service.Counters.Messages);
        _number++;
        if (_service.Receivers.Any)
        {
            string remote = RemoteEndpoints.Format(_anyone.Create(sender));
            _service.Receivers.Publish(new EchoMessage(_number, remote, datagram.ToArray(), isComplete: true));
        }

        if (AnsweringPorts.Contains(PortOf(sender)))
        {
            Interlocked.Increment(ref _service.Counters.RefusedConnections);
            return;
        }

        if (_service.Options.Fault is { } fault)
        {
            EchoWithFault(datagram, sender, fault);
        }
        else
        {
            Send(datagram, sender);
        }
    }

    private void EchoWithFault(Span<byte> datagram, SocketAddress sender, EchoFault fault)
    {
        if (_service.RefusesNext())
        {
            return;
        }

        long bound = Math.Min(fault.ResetAfterBytes ?? long.MaxValue, fault.StallAfterBytes ?? long.MaxValue);
        if (bound < datagram.Length)
        {
            datagram = datagram[..(int)bound];
            if (datagram.IsEmpty)
            {
                return;
            }
        }

        if (fault.CorruptByte is long corrupt && corrupt < datagram.Length)
        {
            datagram[(int)corrupt] ^= 0xff;
        }

        if (fault.DelayMilliseconds is not (> 0 and int delay))
        {
            SendInPieces(datagram, sender);
        }
        else if (_delayed.Count < MaxDelayed)
        {
            var to = new SocketAddress(sender.Family, sender.Size);
            sender.Buffer[..sender.Size].CopyTo(to.Buffer);
            _delayed.Enqueue(new Delayed(Environment.TickCount64 + delay, datagram.ToArray(), to));
        }
        else
        {
            Interlocked.Increment(ref _service.Counters.RefusedConnections);
        }
    }

    private void SendDue()
    {
        while (_delayed.TryPeek(out Delayed first) && first.DueAt <= Environment.TickCount64)
        {
            _delayed.Dequeue();
            SendInPieces(first.Datagram, first.To);
        }
    }

    private void SendInPieces(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        int most = _service.Options.Fault?.ChunkBytes ?? int.MaxValue;
        do
        {
            int count = Math.Min(most, datagram.Length);
            Send(datagram[..count], to);
            datagram = datagram[count..];
        }
        while (!datagram.IsEmpty);
    }

    private void Send(ReadOnlySpan<byte> datagram, SocketAddress to) =>
        Interlocked.Add(ref _service.Counters.BytesSent, _socket.SendTo(datagram, SocketFlags.None, to));

    // sockaddr_in and sockaddr_in6 have the port at the same place, in network order.
    private static int PortOf(SocketAddress address) => (address[2] << 8) | address[3];

    private readonly record struct Delayed(long DueAt, byte[] Datagram, SocketAddress To);
}
