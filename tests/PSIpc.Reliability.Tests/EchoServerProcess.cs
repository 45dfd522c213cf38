using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>This test program as another process that serves: it tells its counters and is looked at from outside.</summary>
internal sealed class EchoServerProcess : IAsyncDisposable
{
    private const string Variable = "PSIPC_TEST_ECHO_SERVER";

    private readonly ChildProcess _process;
    private readonly TemporaryFolder _folder;

    private EchoServerProcess(ChildProcess process, TemporaryFolder folder, SocketEndpoint endpoint)
    {
        _process = process;
        _folder = folder;
        Endpoint = endpoint;
    }

    internal SocketEndpoint Endpoint { get; }

    /// <summary>
    /// How many descriptors it has open that are no files: a runtime opens two for an assembly, whenever it needs it first.
    /// </summary>
    internal int Descriptors => new DirectoryInfo($"/proc/{_process.Id}/fd").GetFiles()
        .Count(file => file.LinkTarget is { } target && !target.StartsWith('/'));

    /// <summary>The most memory that it had since <see cref="ForgetPeak"/>, in bytes.</summary>
    internal long PeakMemory => ReadStatus("VmHWM:");

    /// <summary>The memory that it has now, in bytes.</summary>
    internal long Memory => ReadStatus("VmRSS:");

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="transport">tcp, udp, unix or tls.</param>
    /// <param name="idleTimeout">After which time without a byte it closes a connection; never by default.</param>
    /// <param name="mode">When it echoes.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="launcher">What starts the process, where it is not started at once.</param>
    internal static async Task<EchoServerProcess> StartAsync(
        string transport, TimeSpan? idleTimeout = null, EchoMode mode = EchoMode.Stream, string address = "127.0.0.1",
            params string[] launcher)
    {
        var folder = new TemporaryFolder();
        string place = transport == "unix" ? $"unix:{folder.PathOf("echo")}" : $"{transport}://{address}:0";
        string[] line = [.. launcher, Environment.ProcessPath!];
        var process = ChildProcess.Start(
            line[0],
            line[1..],
            new Dictionary<string, string?> { [Variable] = $"{place}|{mode}|{idleTimeout ?? Timeout.InfiniteTimeSpan:c}" });
        try
        {
            return new EchoServerProcess(
                process, folder, SocketEndpoint.Parse((await process.WaitForLineAsync("listening")).Split(' ')[^1]));
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    // This comes before the test runner's own Main, which does not handle this variable.
    [ModuleInitializer]
    internal static void ServeIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var place, var mode, var idleTimeout])
        {
            return;
        }

        SocketEndpoint endpoint = SocketEndpoint.Parse(place);
        using (var server = EchoServer.Start(new()
        {
            Endpoint = endpoint,
            Mode = Enum.Parse<EchoMode>(mode),
            IdleTimeout = TimeSpan.ParseExact(idleTimeout, "c", CultureInfo.InvariantCulture),
            Certificate = endpoint.Transport == SocketTransport.Tls ? MakeCertificate() : null,
        }))
        {
            Console.Out.WriteLine($"listening {server.GetEndpoint()}");
            while (Console.In.ReadLine() is not null)
            {
                Console.Out.WriteLine(string.Join(
                    ' ', "state", server.State, server.ActiveConnections, server.TotalConnections, server.RefusedConnections,
                        server.BytesReceived, server.BytesSent, server.Messages, server.IdleTimeouts, server.Errors));
            }
        }

        Environment.Exit(0);
    }

    /// <summary>Its counters; it fails where the server is not alive and listening.</summary>
    internal async Task<EchoServerCounters> ReadStateAsync()
    {
        await _process.Input.WriteLineAsync();
        await _process.Input.FlushAsync();
        string[] words = (await _process.WaitForLineAsync("state")).Split(' ');
        Assert.Equal("Listening", words[1]);
        long[] numbers = [.. words[2..].Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        return new EchoServerCounters(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
    }

    /// <summary>Waits until its counters satisfy a condition.</summary>
    internal Task<EchoServerCounters> WaitForAsync(Func<EchoServerCounters, bool> holds, string what) =>
        Eventually.ReturnsAsync(ReadStateAsync, holds, state => $"{what}. There are {Descriptors} descriptors, and {state}");

    /// <summary>Waits until it has no connection and no more descriptors than before there were any.</summary>
    internal async Task<EchoServerCounters> WaitUntilEmptyAsync(int descriptors)
    {
        // A runtime may open one or the other for itself.
        const int Own = 4;
        return await WaitForAsync(
            state => state.Active == 0
                && Descriptors <= descriptors + Own, $"no connection, and the {descriptors} descriptors of the start");
    }

    /// <summary>The peak of its memory is counted from now on (proc_pid_clear_refs(5)).</summary>
    internal void ForgetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    /// <summary>Whether the kernel still keeps what a peer does not take, after the server closed its connection (FIN_WAIT1).</summary>
    internal bool HasOrphans() => TcpSockets().Any(words => words[3] == "04");

    /// <summary>How many bytes the kernel holds for its TCP connections: to send, and received.</summary>
    internal (long ToSend, long Received) KernelBytes()
    {
        long[][] queues = [.. TcpSockets().Select(words => words[4].Split(':')
            .Select(bytes => long.Parse(bytes, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray())];
        return (queues.Sum(queue => queue[0]), queues.Sum(queue => queue[1]));
    }

    /// <summary>Ends it as a user does, and asserts that it ended well.</summary>
    internal async Task EndAsync()
    {
        _process.Input.Close();
        ProcessResult result = await _process.WaitForExitAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    // proc_pid_net(5), tcp: the local address is the second field, then come the peer's, the state and the queues.
    private IEnumerable<string[]> TcpSockets() => File.ReadLines($"/proc/{_process.Id}/net/tcp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words[1].EndsWith($":{Endpoint.Port:X4}", StringComparison.Ordinal) && words[3] != "0A");

    private long ReadStatus(string name) => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
