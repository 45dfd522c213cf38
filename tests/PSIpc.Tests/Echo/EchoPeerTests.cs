using System.Globalization;
using System.Net.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The two reference programs on the other side of the cmdlets and of the examples, and other languages' clients.</summary>
public sealed class EchoPeerTests : IDisposable
{
    private const string Client = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); "
        + "s.sendall(sys.argv[2].encode()); s.shutdown(socket.SHUT_WR); print(b''.join(iter(lambda: s.recv(65536), b'')).decode())";
    private readonly Engine _engine = new();

    public void Dispose()
    {
        _engine.Invoke("Remove-Module PSIpc");
        _engine.Dispose();
    }

    [Fact]
    public async Task The_reference_client_in_C_talks_to_a_message_server()
    {
        string client = CProgram.Compile("socket_client");

        ProcessResult result = await ChildProcess.RunAsync(client, [StartServer("-EchoMode Message")], "Programming\n");

        Assert.Equal((0, ">Programming\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task The_reference_server_and_client_as_scripts_talk_to_each_other_and_to_C()
    {
        string cClient = CProgram.Compile("socket_client");
        await using var server = ChildProcess.Start(Pwsh.Path, Pwsh.File(Example("socket-server.ps1"), "-Port", "0", "-Count", "2"));
        string port = (await server.WaitForLineAsync("listening on port ")).Split(' ')[^1];

        ProcessResult script = await ChildProcess.RunAsync(
            Pwsh.Path, Pwsh.File(Example("socket-client.ps1"), "-Port", port), "from a script\n");
        ProcessResult c = await ChildProcess.RunAsync(cClient, [port], "from-C\n");
        ProcessResult served = await server.WaitForExitAsync();

        Assert.Equal((0, ">from a script\n"), (script.ExitCode, script.Output));
        Assert.Equal((0, ">from-C\n"), (c.ExitCode, c.Output));
        Assert.Equal((0, $"listening on port {port}\n>from a script\n>from-C\n"), (served.ExitCode, served.Output));
    }

    [Fact]
    public async Task The_client_script_talks_to_the_reference_server_in_C()
    {
        using var server = ChildProcess.StartPeer("socket_server", "0");

        ProcessResult result = await ChildProcess.RunAsync(
            Pwsh.Path, Pwsh.File(Example("socket-client.ps1"), "-Port", server.Port.ToString(CultureInfo.InvariantCulture)), "a line\n");

        Assert.Equal((0, ">a line\n"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("socat", "socat", "-", "TCP:127.0.0.1:{port}")]
    [InlineData("ncat", "ncat", "127.0.0.1", "{port}")]
    public async Task Common_clients_get_back_what_they_sent(string program, string package, params string[] arguments)
    {
        string path = Tool.Require(program, package);
        foreach (string mode in new[] { "Stream", "Message" })
        {
            string port = StartServer($"-EchoMode {mode}");

            ProcessResult result = await ChildProcess.RunAsync(
                path, arguments.Select(argument => argument.Replace("{port}", port, StringComparison.Ordinal)), "to and fro\n");

            Assert.Equal((0, "to and fro\n"), (result.ExitCode, result.Output));
        }
    }

    [Theory]
    [InlineData("Stream")]
    [InlineData("Message")]
    public async Task Python_gets_back_what_it_sent(string mode)
    {
        string python = Tool.Require("python3", "python3");

        ProcessResult result = await ChildProcess.RunAsync(python, ["-c", Client, StartServer($"-EchoMode {mode}"), "from Python"]);

        Assert.Equal((0, "from Python\n"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(15, 143)]
    [InlineData(1, 129)]
    [InlineData(null, 0)]
    public async Task However_the_process_ends_it_leaves_no_listener_and_no_socket_file(int? signal, int exitCode)
    {
        string path = Path.Combine(Path.GetTempPath(), TestAddress.NextName());
        await using var server = Pwsh.Start($"$s = Start-EchoServer -Path '{path}'; $t = Start-EchoServer; \"listening $($t.Port)\"; "
            + $"{(signal is null ? "$null = [Console]::In.ReadLine()" : "$s, $t | Receive-EchoMessage")}");
        string port = (await server.WaitForLineAsync("listening")).Split(' ')[^1];
        Assert.True(File.Exists(path));

        if (signal is { } number)
        {
            server.Signal(number);
        }
        else
        {
            server.Input.Close();
        }

        Assert.Equal(exitCode, (await server.WaitForExitAsync()).ExitCode);

        Assert.False(File.Exists(path));
        Assert.Equal(["False"], _engine.Invoke($"Send-EchoMessage x -Port {port} -Quiet").Text);
    }

    [Fact]
    public async Task Gibibytes_through_one_connection_leave_the_processs_memory_flat()
    {
        int mebibytes = TestTier.Choose(test: 256, ci: 1 << 10, soak: 10 << 10);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The process's memory is read from /proc.");

        ProcessResult result = await ChildProcess.RunAsync(Pwsh.Path, Pwsh.Command($$"""
                function Peak { foreach ($line in [IO.File]::ReadLines('/proc/self/status')) { if ($line -match '^VmHWM:\s+(\d+)') { [long] $Matches[1] } } }
                $server = Start-EchoServer
                $null = Send-EchoMessage -MessageBytes 100MB -Server $server -Quiet -TimeoutSec 600
                $before = Peak
                Send-EchoMessage -MessageBytes {{mebibytes}}MB -Server $server -Quiet -TimeoutSec 600
                $server.BytesSent
                (Peak) - $before
                """),
            patience: TimeSpan.FromMinutes(10));

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["True", $"{(mebibytes + 100L) << 20}"], lines[..2]);
        Assert.InRange(long.Parse(lines[2], CultureInfo.InvariantCulture), 0, 32 << 10);
    }

    [Fact]
    public async Task Out_of_descriptors_a_server_pauses_accepting_says_so_and_recovers()
    {
        string prlimit = Tool.Require("prlimit", "util-linux");
        await using var process = Pwsh.Start("""
            $server = Start-EchoServer
            "listening $($server.Port)"
            while ($null -ne [Console]::In.ReadLine()) { "pauses $($server.AcceptPauses) paused $($server.IsAcceptPaused)" }
            """);
        int port = int.Parse((await process.WaitForLineAsync("listening")).Split(' ')[^1], CultureInfo.InvariantCulture);

        int limit = Directory.GetFiles($"/proc/{process.Id}/fd").Length + 20;
        Assert.Equal(0, (await ChildProcess.RunAsync(prlimit, ["--pid", $"{process.Id}", $"--nofile={limit}"])).ExitCode);
        var clients = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 60; i++)
            {
                clients.Add(new TcpClient("127.0.0.1", port));
            }

            await ReadUntilAsync(process, line => line.EndsWith("paused True", StringComparison.Ordinal));

            // Who was accepted is served all the while.
            Assert.Equal("x", Exchange(clients[0]));
            clients[..^1].ForEach(client => client.Dispose());

            // Who waited in the backlog is served now.
            Assert.Equal("x", Exchange(clients[^1]));
            string line = await ReadUntilAsync(process, line => line.EndsWith("paused False", StringComparison.Ordinal));
            Assert.NotEqual("0", line.Split(' ')[1]);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task A_privileged_port_is_refused_to_other_users()
    {
        Tool.RequireRoot();
        string setpriv = Tool.Require("setpriv", "util-linux");
        Assert.SkipWhen(
            int.Parse(await File.ReadAllTextAsync("/proc/sys/net/ipv4/ip_unprivileged_port_start"), CultureInfo.InvariantCulture) <= 7,
            "Here every user may bind any port (net.ipv4.ip_unprivileged_port_start).");

        ProcessResult result = await ChildProcess.RunAsync(
            setpriv,
            ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", Pwsh.Path,
                .. Pwsh.Command("Start-EchoServer -Port 7; $Error[0].FullyQualifiedErrorId; $Error[0].Exception.Message")],
            environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });

        Assert.StartsWith("EchoAccessDenied,", result.Output, StringComparison.Ordinal);
        Assert.Contains("1024", result.Output + result.Error, StringComparison.Ordinal);
    }

    private static Task<string> ReadUntilAsync(ChildProcess process, Func<string, bool> fits) => Eventually.ReturnsAsync(
        async () =>
        {
            await process.Input.WriteLineAsync();
            await process.Input.FlushAsync();
            return await process.WaitForLineAsync("pauses");
        },
        fits,
        line => line);

    private static string Exchange(TcpClient client)
    {
        client.ReceiveTimeout = (int)ChildProcess.Patience.TotalMilliseconds;
        client.GetStream().Write("x"u8);
        return ((char)client.GetStream().ReadByte()).ToString();
    }

    private string StartServer(string parameters)
    {
        EngineResult result = _engine.Invoke($"(Start-EchoServer {parameters}).Port");
        Assert.Empty(result.Errors);
        return Assert.Single(result.Text);
    }

    private static string Example(string name) => Path.Combine(Repository.Root, "examples", name);
}
