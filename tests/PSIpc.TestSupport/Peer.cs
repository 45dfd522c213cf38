using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace PSIpc.TestSupport;

/// <summary>A program of another language that listens, as a process which ends with the test.</summary>
public sealed class Peer : IDisposable
{
    private static int s_ports;

    /// <summary>The line by which the programs in <c>tests/Peers</c> say that they are ready.</summary>
    public const string Listening = @"^listening (?<port>\d+|/.*)";

    private readonly Process _process;
    private readonly Regex _ready;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Match> _isReady = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Peer(Process process, string ready)
    {
        _process = process;
        _ready = new Regex(ready, RegexOptions.CultureInvariant, ChildProcess.Patience);
    }

    /// <summary>The port that its ready line told, 0 where it told none.</summary>
    public int Port { get; private set; }

    /// <summary>The peer's process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it has written to its output and its errors so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>A program of <c>tests/Peers</c>: <c>.py</c>, <c>.pl</c>, or the name of one in C.</summary>
    public static Peer Start(string name, params string[] arguments) => Path.GetExtension(name) switch
    {
        ".py" => StartProgram("python3", "python3", [Script(name), .. arguments], Listening),
        ".pl" => StartProgram("perl", "perl", [Script(name), .. arguments], Listening),
        _ => StartProgram(CProgram.Compile(name), "gcc", arguments, Listening),
    };

    /// <summary>Any program; the test is skipped where it is not installed.</summary>
    /// <param name="file">The program.</param>
    /// <param name="package">The Debian package that has it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="ready">An expression for the line by which it says that it listens, with a group <c>port</c> if it tells it.</param>
    public static Peer StartProgram(string file, string package, IEnumerable<string> arguments, string ready)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var peer = new Peer(new Process { StartInfo = start, EnableRaisingEvents = true }, ready);
        try
        {
            peer.Start();
            return peer;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"No '{file}' here: install Debian's {package}.");
            throw;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Returns a port that no program uses, below the range from which the kernel gives ports to clients.</summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = 20_000 + ((Environment.ProcessId * 61) + Interlocked.Increment(ref s_ports)) % 12_000;
            try
            {
                foreach ((SocketType type, ProtocolType protocol) in new[] { (SocketType.Stream, ProtocolType.Tcp), (SocketType.Dgram, ProtocolType.Udp) })
                {
                    using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
                    socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                }

                return port;
            }
            catch (SocketException)
            {
                // Another program uses it.
            }
        }
    }

    /// <summary>Waits, within a bound, until the process has written this.</summary>
    public async Task WaitForOutput(string text)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < ChildProcess.Patience, $"No '{text}' in:\n{Output}");
            await Task.Delay(5).ConfigureAwait(false);
        }
    }

    /// <summary>Ends that process and what it started, and no other.</summary>
    public void Dispose()
    {
        try
        {
            // With what it started, and without waiting for its output: a child of its own may hold the pipe.
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(ChildProcess.Patience);
        }
        catch (InvalidOperationException)
        {
            // It never started, or is gone.
        }

        _process.Dispose();
    }

    private static string Script(string name) => Path.Combine(Repository.Root, "tests", "Peers", name);

    private void Start()
    {
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _isReady.TrySetException(
            new InvalidOperationException($"The peer ended before it listened:\n{Output}"));
        TestRun.Start(_process);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Task first = Task.WhenAny(_isReady.Task, Task.Delay(ChildProcess.Patience)).GetAwaiter().GetResult();
        Assert.True(first == _isReady.Task, $"The peer did not say that it listens:\n{Output}");
        Port = int.TryParse(_isReady.Task.GetAwaiter().GetResult().Groups["port"].Value, out int port) ? port : 0;
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (_ready.Match(line) is { Success: true } match)
        {
            _isReady.TrySetResult(match);
        }
    }
}
