using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PSIpc.TestSupport;

/// <summary>Keys, names, and ports that nothing else on the machine uses.</summary>
public static class TestAddress
{
    private static int s_counter;
    private static int s_ports;

    /// <summary>A System V key of the tests' own range, 0x5exxxxxx.</summary>
    public static int NextKey() => TestRun.Key(Interlocked.Increment(ref s_counter));

    /// <summary>A name for an object, a socket or a pipe.</summary>
    public static string NextName() =>
        string.Create(CultureInfo.InvariantCulture, $"{TestRun.Prefix}{Interlocked.Increment(ref s_counter):x}");

    /// <summary>Returns a port that no program uses, below the range from which the kernel gives ports to clients.</summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = 20_000 + ((Environment.ProcessId * 61) + Interlocked.Increment(ref s_ports)) % 12_000;
            try
            {
                using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Another program uses it.
            }
        }
    }
}
