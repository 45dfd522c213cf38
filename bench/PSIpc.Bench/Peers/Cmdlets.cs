using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>The engine in this process with the module that ships and the peer cmdlets imported; scripts run on the calling thread.</summary>
internal sealed class Cmdlets : IDisposable
{
    private readonly Runspace _runspace;
    private int _loops;

    internal Cmdlets()
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule(Repository.Manifest, Programs.Built("OneCmdlet", "OneCmdlet.dll"));
        state.Commands.Add(new SessionStateCmdletEntry("Invoke-Nothing", typeof(InvokeNothingCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Read-Bare", typeof(ReadBareCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Write-Bare", typeof(WriteBareCommand), null));
        state.ThrowOnRunspaceOpenError = true;
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        _runspace.Open();
    }

    public void Dispose() => _runspace.Dispose();

    /// <summary>Runs a script.</summary>
    /// <exception cref="InvalidOperationException">It wrote an error.</exception>
    internal IReadOnlyList<PSObject> Run(string script)
    {
        using var shell = PowerShell.Create(_runspace);
        return Invoke(shell.AddScript(script));
    }

    /// <summary>A loop round some statements, compiled once.</summary>
    /// <param name="body">The statements.</param>
    /// <param name="variables">Its variables, as parameters.</param>
    internal Loop Repeat(string body, params (string Name, object? Value)[] variables)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"Invoke-Loop{++_loops}");
        string parameters = string.Concat(variables.Select(variable => $", ${variable.Name}"));
        Run($"function global:{name} {{ param($count{parameters}) for ($i = 0; $i -lt $count; $i++) {{ {body} }} }}");
        return new Loop(this, name, variables);
    }

    private static IReadOnlyList<PSObject> Invoke(PowerShell shell)
    {
        IReadOnlyList<PSObject> output = shell.Invoke();
        return shell.Streams.Error is [var error, ..]
            ? throw new InvalidOperationException($"{error.FullyQualifiedErrorId}: {error}")
            : output;
    }

    /// <summary>Statements to repeat.</summary>
    internal sealed class Loop(Cmdlets owner, string function, (string Name, object? Value)[] variables)
    {
        /// <summary>The seconds that one turn takes, of so many.</summary>
        internal double Seconds(int count)
        {
            using PowerShell shell = Prepare(count);
            long begun = Stopwatch.GetTimestamp();
            Invoke(shell);
            return Stopwatch.GetElapsedTime(begun).TotalSeconds / count;
        }

        /// <summary>The bytes that one turn allocates.</summary>
        internal double Allocated(int count)
        {
            using PowerShell shell = Prepare(count);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Invoke(shell);
            return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count;
        }

        private PowerShell Prepare(int count)
        {
            var shell = PowerShell.Create(owner._runspace);
            shell.AddCommand(function).AddParameter("count", count);
            foreach ((string name, object? value) in variables)
            {
                shell.AddParameter(name, value);
            }

            return shell;
        }
    }
}

/// <summary>As little as a cmdlet can do.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Nothing")]
public sealed class InvokeNothingCommand : Cmdlet;
