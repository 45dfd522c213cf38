using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PSIpc.TestSupport;

/// <summary>What a script wrote to the pipeline, and its errors.</summary>
public sealed record EngineResult(Collection<PSObject> Output, IReadOnlyList<ErrorRecord> Errors)
{
    /// <summary>The outputs as text.</summary>
    public string[] Text => [.. Output.Select(item => $"{item}")];

    /// <summary>The IDs of the errors, without the cmdlet's name.</summary>
    public string[] ErrorIds => [.. Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0])];
}

/// <summary>The real PowerShell engine in this process, with the module imported from the manifest that ships.</summary>
public sealed class Engine : IDisposable
{
    private readonly Runspace _runspace;

    public Engine()
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Repository.Manifest]);
        state.ThrowOnRunspaceOpenError = true;
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
    }

    /// <summary>Runs a script; an error that ends it is among the errors.</summary>
    public EngineResult Invoke(string script, IEnumerable<object?>? input = null)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        var output = new Collection<PSObject>();
        var errors = new List<ErrorRecord>();
        try
        {
            shell.Invoke(input, output);
        }
        catch (RuntimeException exception)
        {
            errors.Add(exception.ErrorRecord);
        }

        return new EngineResult(output, [.. shell.Streams.Error, .. errors]);
    }

    /// <summary>Runs a script, and stops it as Ctrl+C does once it has set <c>$begun</c>.</summary>
    /// <param name="script">What to run.</param>
    /// <param name="delay">How long it goes on after that.</param>
    /// <param name="patience">After which time of stopping <c>$ended</c> is a completed task, for scripts that look at it.</param>
    /// <returns>How long the stopping took.</returns>
    public async Task<TimeSpan> StopAsync(string script, TimeSpan delay = default, TimeSpan? patience = null)
    {
        var ended = new TaskCompletionSource();
        SetVariable("ended", ended.Task);
        using var shell = PowerShell.Create(_runspace);
        Task<PSDataCollection<PSObject>> running = Begin(shell, script);
        await Task.Delay(delay);
        long stopped = Stopwatch.GetTimestamp();
        await using var impatience = new Timer(
            _ => ended.TrySetResult(), null, patience ?? ChildProcess.Patience, Timeout.InfiniteTimeSpan);
        await shell.StopAsync(null, null).WaitAsync(ChildProcess.Patience);
        try
        {
            await running;
        }
        catch (PipelineStoppedException)
        {
            // That is the end that was asked for.
        }

        return Stopwatch.GetElapsedTime(stopped);
    }

    /// <summary>Runs a script, and closes the runspace under it once it has set <c>$begun</c>.</summary>
    /// <param name="script">What to run.</param>
    /// <param name="delay">How long it goes on after that.</param>
    /// <param name="patience">After which time of closing <c>$ended</c> is a completed task, for scripts that look at it.</param>
    /// <returns>How long the closing took.</returns>
    public async Task<TimeSpan> CloseAsync(string script, TimeSpan delay, TimeSpan patience)
    {
        var ended = new TaskCompletionSource();
        SetVariable("ended", ended.Task);
        using var shell = PowerShell.Create(_runspace);
        Task<PSDataCollection<PSObject>> running = Begin(shell, script);
        await Task.Delay(delay);
        long closed = Stopwatch.GetTimestamp();
        await using var impatience = new Timer(_ => ended.TrySetResult(), null, patience, Timeout.InfiniteTimeSpan);
        await Task.Run(_runspace.Close).WaitAsync(ChildProcess.Patience);
        TimeSpan time = Stopwatch.GetElapsedTime(closed);
        try
        {
            await running;
        }
        catch (PipelineStoppedException)
        {
            // That is the end that was asked for; a script that saw $ended came to its own.
        }

        return time;
    }

    /// <summary>Gives scripts a variable.</summary>
    public void SetVariable(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    public void Dispose() => _runspace.Dispose();

    private Task<PSDataCollection<PSObject>> Begin(PowerShell shell, string script)
    {
        using var begun = new ManualResetEventSlim();
        SetVariable("begun", begun);
        Task<PSDataCollection<PSObject>> running = shell.AddScript(script).InvokeAsync();
        return begun.Wait(ChildProcess.Patience)
            ? running
            : throw new TimeoutException($"The script did not set $begun within {ChildProcess.Patience}.");
    }
}
