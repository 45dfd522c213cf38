using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using PSIpc.TestSupport;

namespace PSIpc.Tests;

/// <summary>What a script gave.</summary>
public sealed record EngineResult(Collection<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<string> Verbose)
{
    /// <summary>The outputs as text.</summary>
    public string[] Text => [.. Output.Select(item => $"{item}")];

    /// <summary>The ids of the errors, without the cmdlet's name.</summary>
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

        return new EngineResult(output, [.. shell.Streams.Error, .. errors], [.. shell.Streams.Verbose.Select(record => record.Message)]);
    }

    /// <summary>Runs a script that would go on, waits for something that it does, and stops it as Ctrl+C would.</summary>
    public void InvokeUntil<T>(string script, Func<T> wait, out T result)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        IAsyncResult running = shell.BeginInvoke();
        result = wait();
        shell.Stop();
        try
        {
            shell.EndInvoke(running);
        }
        catch (PipelineStoppedException)
        {
            // As asked.
        }
    }

    /// <summary>Gives scripts a variable.</summary>
    public void SetVariable(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    public void Dispose() => _runspace.Dispose();
}
