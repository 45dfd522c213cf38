using System.Globalization;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>Echo servers, each a process of its own, started when first asked for and ended together.</summary>
internal sealed class EchoServers : IDisposable
{
    internal const string Epoll = "a plain C epoll server";
    internal const string Fork = "a forking C server";
    internal const string Asyncio = "Python asyncio";
    internal const string Socat = "socat";
    internal const string Ncat = "ncat";

    // Answers each line with the bytes allocated and received so far, and ends with its input.
    private const string OwnScript = """
        $server = Start-EchoServer
        [Console]::Out.WriteLine($server.Port)
        while ($null -ne [Console]::In.ReadLine()) { [Console]::Out.WriteLine("$([GC]::GetTotalAllocatedBytes($true)) $($server.BytesReceived)") }
        """;

    private readonly Dictionary<string, ChildProcess> _peers = [];
    private LinePeer? _own;

    /// <summary>PSIpc's own, in pwsh.</summary>
    internal LinePeer Own => _own ??= LinePeer.Start(Pwsh.Path, Pwsh.Command(OwnScript));

    /// <summary>The port of PSIpc's own.</summary>
    internal int OwnPort => int.Parse(Own.Greeting, CultureInfo.InvariantCulture);

    /// <summary>Another server.</summary>
    /// <exception cref="MissingPeerException">It is not installed.</exception>
    internal ChildProcess this[string name]
    {
        get
        {
            if (!_peers.TryGetValue(name, out ChildProcess? peer))
            {
                peer = Start(name);
                _peers.Add(name, peer);
            }

            return peer;
        }
    }

    public void Dispose()
    {
        foreach (ChildProcess peer in _peers.Values)
        {
            peer.Dispose();
        }

        _own?.Dispose();
    }

    private static ChildProcess Start(string name) => name switch
    {
        Epoll => StartC("bench/peers/epoll_echo.c", "0"),
        Fork => StartC("bench/peers/fork_echo.c"),
        Asyncio => Start("python3", "python3", ChildProcess.Listening, Path.Combine(Repository.Root, "tests", "Peers", "echo_asyncio.py")),
        Socat => Start(
            "socat", "socat", @"listening on AF=2 127\.0\.0\.1:(?<port>\d+)", "-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork,backlog=512,nodelay", "PIPE"),
        _ => Start(
            "ncat", "ncat", @"Listening on 127\.0\.0\.1:(?<port>\d+)", "-v", "-l", "127.0.0.1", $"{TestAddress.FreePort()}", "-k", "-m", "1000", "-e", "/bin/cat"),
    };

    private static ChildProcess StartC(string source, params string[] arguments) =>
        ChildProcess.StartListening(Programs.C(source), "gcc", arguments, @"^(?<port>\d+)$");

    private static ChildProcess Start(string program, string package, string ready, params string[] arguments) =>
        ChildProcess.StartListening(Programs.Require(program, package), package, arguments, ready);
}
