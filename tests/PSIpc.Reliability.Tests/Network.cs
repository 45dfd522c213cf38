using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>
/// Two hosts and the cable between them: network namespaces with this process's id in their names. A shell removes them when its input
/// ends, so they go with the test process, however that ends.
/// </summary>
internal sealed class Network : IAsyncDisposable
{
    /// <summary>The address of the host that serves.</summary>
    internal const string ServerAddress = "10.77.0.1";

    private const string Guard = """
        trap '' HUP INT TERM
        ip netns add $1 && ip netns add $2 &&
        for host in $1 $2; do ip -n $host link set lo up && ip -n $host tuntap add dev link0 mode tun || exit; done &&
        ip -n $1 addr add 10.77.0.1 peer 10.77.0.2 dev link0 && ip -n $1 link set link0 up &&
        ip -n $2 addr add 10.77.0.2 peer 10.77.0.1 dev link0 && ip -n $2 link set link0 up &&
        echo up || echo failed
        cat > /dev/null
        ip netns del $1
        ip netns del $2
        """;

    private static int s_number;

    private readonly string _ip;
    private readonly string _server = NextName();
    private readonly string _client = NextName();
    private readonly ChildProcess _guard;
    private ChildProcess? _link;

    private Network(string ip)
    {
        _ip = ip;
        _guard = ChildProcess.Start("sh", ["-c", Guard, "sh", _server, _client]);
    }

    /// <summary>What starts a process on the host that serves.</summary>
    internal string[] OnServer => [_ip, "netns", "exec", _server];

    /// <summary>What starts a process on the other host.</summary>
    internal string[] OnClient => [_ip, "netns", "exec", _client];

    /// <summary>Sets it up; skips the test where that cannot be.</summary>
    internal static async Task<Network> StartAsync()
    {
        Tool.RequireRoot();
        string ip = Tool.Require("ip", "iproute2");
        Assert.SkipUnless(File.Exists("/dev/net/tun"), "There is no /dev/net/tun to make a network of.");
        var network = new Network(ip);
        try
        {
            if (await network._guard.WaitForLineAsync() != "up")
            {
                network._guard.Input.Close();
                ProcessResult result = await network._guard.WaitForExitAsync();
                Assert.Skip($"No network namespaces can be made here: {result.Error}");
            }

            network._link = ChildProcess.Start(
                CProgram.Compile("link"), [network._server, network._client, Soak.Seed.ToString(CultureInfo.InvariantCulture)]);
            await network._link.WaitForLineAsync("listening");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>How the link is from now on.</summary>
    /// <param name="loss">How many packets in a hundred are lost; 100 is a cut.</param>
    /// <param name="delay">After how many milliseconds the others arrive.</param>
    /// <param name="jitter">Up to how many milliseconds later still, which reorders them.</param>
    internal async Task SetAsync(double loss, double delay = 0, double jitter = 0)
    {
        await _link!.Input.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{loss} {delay} {jitter}"));
        await _link.Input.FlushAsync();
        await _link.WaitForLineAsync("set");
    }

    /// <summary>Takes the server's interface down, with its routes, or brings it up again.</summary>
    internal async Task SetInterfaceAsync(bool up)
    {
        ProcessResult result = await ChildProcess.RunAsync(_ip, ["-n", _server, "link", "set", "link0", up ? "up" : "down"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    /// <summary>Takes the link away, and says how many packets of each side it passed on and lost.</summary>
    internal async Task<(long Requests, long RequestsLost, long Replies, long RepliesLost)> EndAsync()
    {
        _link!.Input.Close();
        ProcessResult result = await _link.WaitForExitAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] words = result.Output.Trim().Split('\n')[^1].Split(' ');
        return (Number(5), Number(7), Number(1), Number(3));

        long Number(int index) => long.Parse(words[index], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_link is not null)
        {
            await _link.DisposeAsync();
        }

        // Not killed before it has removed them.
        try
        {
            _guard.Input.Close();
        }
        catch (InvalidOperationException)
        {
            // It was closed already.
        }

        await _guard.WaitForExitAsync();
        await _guard.DisposeAsync();
        Assert.False(File.Exists($"/run/netns/{_server}") || File.Exists($"/run/netns/{_client}"), "A namespace is left.");
    }

    private static string NextName() => $"PSIpc-{Environment.ProcessId}-{Interlocked.Increment(ref s_number)}";
}
