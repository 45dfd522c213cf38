using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit;

namespace PSIpc.TestSupport;

/// <summary>A process that a test starts, talks to and waits for, never longer than <see cref="Patience"/>.</summary>
public sealed partial class ChildProcess : IAsyncDisposable, IDisposable
{
    /// <summary>The line that the programs in <c>tests/Peers</c> write when they are ready.</summary>
    public const string Listening = @"^listening (?<port>\d+|/.*)";

    private readonly Process _process;
    private readonly ProcessOutput _output;
    private readonly ProcessOutput _error;

    private ChildProcess(Process process)
    {
        _process = process;
        _output = new ProcessOutput(process.StandardOutput);
        _error = new ProcessOutput(process.StandardError);
    }

    /// <summary>How long any one wait may take on a busy machine before the test fails and the process is killed.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The process ID.</summary>
    public int Id => _process.Id;

    /// <summary>The time at which it started.</summary>
    public DateTime StartTime => _process.StartTime;

    /// <summary>The port on which a program listens that <see cref="StartListening"/> started, or 0 if its ready line has none.</summary>
    public int Port { get; private set; }

    /// <summary>What the process has written to its output, and then to its errors, so far.</summary>
    public string Output => _output.Text + _error.Text;

    /// <summary>The standard input; close it to end it.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts a process with its streams redirected.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <param name="environment">Variables to set, or with null to take away.</param>
    /// <param name="workingDirectory">Where it starts; the checkout, unless given.</param>
    public static ChildProcess Start(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Repository.Root,
        };

        // pwsh colors its output in a pipe, too.
        start.Environment["NO_COLOR"] = "1";
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        TestRun.Start(process);
        return new ChildProcess(process);
    }

    /// <summary>Starts a program of <c>tests/Peers</c>, and waits until it listens.</summary>
    /// <param name="name">A script with the extension <c>.py</c> or <c>.pl</c>, or the name of a C program.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    public static ChildProcess StartPeer(string name, params string[] arguments)
    {
        string script = Path.Combine(Repository.Root, "tests", "Peers", name);
        return Path.GetExtension(name) switch
        {
            ".py" => StartListening("python3", "python3", [script, .. arguments], Listening),
            ".pl" => StartListening("perl", "perl", [script, .. arguments], Listening),
            _ => StartListening(CProgram.Compile(name), "gcc", arguments, Listening),
        };
    }

    /// <summary>Starts a program, and waits until it listens. The test is skipped if the program is not installed.</summary>
    /// <param name="file">The program.</param>
    /// <param name="package">The Debian package that has it.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <param name="ready">An expression for the line of output or errors that shows it, with the group <c>port</c> if the line has
    /// one.</param>
    public static ChildProcess StartListening(string file, string package, IEnumerable<string> arguments, string ready)
    {
        ChildProcess child;
        try
        {
            child = Start(file, arguments);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"'{file}' is not installed (Debian package {package}).");
            throw;
        }

        try
        {
            child.WaitUntilListening(new Regex(ready, RegexOptions.Multiline | RegexOptions.CultureInvariant, Patience));
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>Runs a process to its end.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <param name="input">The whole of its standard input; empty, unless given.</param>
    /// <param name="environment">Variables to set, or with null to take away.</param>
    /// <param name="workingDirectory">Where it starts; the checkout, unless given.</param>
    /// <param name="patience">How long it may take, where that is longer than <see cref="Patience"/>.</param>
    public static async Task<ProcessResult> RunAsync(
        string file,
        IEnumerable<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null,
        TimeSpan? patience = null)
    {
        await using ChildProcess child = Start(file, arguments, environment, workingDirectory);
        try
        {
            await child.Input.WriteAsync(input);
            child.Input.Close();
        }
        catch (IOException)
        {
            // It ended, or closed its input, without reading all of it.
        }

        return await child.WaitForExitAsync(patience);
    }

    /// <summary>Waits for the next line of the output that has this text.</summary>
    /// <param name="text">A part of the line.</param>
    public Task<string> WaitForLineAsync(string text) => WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for the next line of the output that fits, or for the next one.</summary>
    /// <param name="fits">Says whether a line is the one.</param>
    public async Task<string> WaitForLineAsync(Func<string, bool>? fits = null)
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            return await _output.NextLineAsync(fits ?? (_ => true), timeout.Token)
                ?? throw new InvalidOperationException(Describe("ended without the line"));
        }
        catch (OperationCanceledException)
        {
            throw TimedOut("did not write the line");
        }
    }

    /// <summary>Waits until the process has written a text.</summary>
    /// <param name="text">The text.</param>
    public void WaitForOutput(string text) =>
        Eventually.True(() => Output.Contains(text, StringComparison.Ordinal), () => $"'{text}' in:\n{Output}");

    /// <summary>Waits for its end and for all that it wrote.</summary>
    /// <param name="patience">How long that may take; <see cref="Patience"/> unless given.</param>
    public async Task<ProcessResult> WaitForExitAsync(TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            await Task.WhenAll(_output.Completion, _error.Completion).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw TimedOut("did not end");
        }

        return new ProcessResult(_process.ExitCode, _output.Text, _error.Text);
    }

    /// <summary>Sends a signal; skips the test where there are none.</summary>
    /// <param name="signal">Which one.</param>
    public void Signal(PosixSignal signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        Signal(signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Add its number here."),
        });
    }

    /// <summary>Sends a signal by its number.</summary>
    /// <param name="number">As kill(1) takes it.</param>
    public void Signal(int number)
    {
        if (Kill(_process.Id, number) != 0)
        {
            throw new Win32Exception();
        }
    }

    /// <summary>Ends it at once, without a last word.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Kills it, with the processes that it started, if it still runs.</summary>
    public void Dispose()
    {
        // A child of the process can hold the pipes, so this does not wait for the end of the output.
        KillAll();
        _process.WaitForExit(Patience);
        _process.Dispose();
    }

    /// <summary>Kills it, with the processes that it started, if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        KillAll();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    private void KillAll()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: !OperatingSystem.IsWindows());
        }
    }

    private void WaitUntilListening(Regex ready)
    {
        Match? line = null;
        Eventually.True(
            () =>
            {
                bool hasExited = _process.HasExited;
                line = ready.Match(_output.Lines) is { Success: true } found ? found : ready.Match(_error.Lines);
                return line.Success || hasExited;
            },
            () => Describe("did not listen"));
        Assert.True(line!.Success, Describe("ended before it listened"));
        Port = int.TryParse(line.Groups["port"].Value, out int port) ? port : 0;
    }

    private TimeoutException TimedOut(string what)
    {
        string message = Describe($"{what} within {Patience}");
        _process.Kill();
        return new TimeoutException(message);
    }

    private string Describe(string what) =>
        $"{_process.StartInfo.FileName} {what}. Its output:{Environment.NewLine}{_output.Text}{Environment.NewLine}Its "
            + $"errors:{Environment.NewLine}{_error.Text}";
}
