using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace PSIpc.TestSupport;

/// <summary>How a process ended and what it printed.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Error);

/// <summary>
/// A process on the other side of a test. Disposing ends it, and only it; no wait is without a bound.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Longer than anything should take on a slow machine, so that a hang is a failure and not a standstill.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _outputTask;
    private readonly Task<string> _errorTask;

    private ChildProcess(Process process)
    {
        _process = process;
        _outputTask = Task.Run(ReadOutputAsync);
        _errorTask = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>What the process reads.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts a process.</summary>
    public static ChildProcess Start(string file, IEnumerable<string> arguments, IDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["NO_COLOR"] = "1";
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Runs a process to its end.</summary>
    public static async Task<ProcessResult> RunAsync(string file, IEnumerable<string> arguments, string? input = null, IDictionary<string, string?>? environment = null)
    {
        await using ChildProcess child = Start(file, arguments, environment);
        if (input is not null)
        {
            await child.Input.WriteAsync(input);
        }

        child.Input.Close();
        return await child.WaitForExitAsync();
    }

    /// <summary>Waits for a line of output that contains a text, and gives the line.</summary>
    public async Task<string> WaitForLineAsync(string text)
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            while (await _lines.Reader.WaitToReadAsync(timeout.Token))
            {
                while (_lines.Reader.TryRead(out string? line))
                {
                    if (line.Contains(text, StringComparison.Ordinal))
                    {
                        return line;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No line with '{text}' came within {Patience}. So far: {_output}");
        }

        throw new InvalidOperationException($"The process ended without a line with '{text}'. It printed: {_output}\n{await _errorTask}");
    }

    /// <summary>Sends a signal by its number, as kill(1) does.</summary>
    public void Signal(int signal)
    {
        using var kill = Process.Start("kill", [$"-{signal.ToString(CultureInfo.InvariantCulture)}", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<ProcessResult> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            await _outputTask.WaitAsync(timeout.Token);
            return new ProcessResult(_process.ExitCode, _output.ToString(), await _errorTask.WaitAsync(timeout.Token));
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The process did not end within {Patience}. So far: {_output}");
        }
    }

    /// <summary>Ends the process if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _output.Append(line).Append('\n');
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
