using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace PSIpc.Shell;

/// <summary>One runspace with PSIpc imported, and how it runs things: objects to the output, errors shown, the exit code kept.</summary>
internal sealed class Session : IDisposable
{
    private const string Out = "Out-Default";

    private static readonly string s_manifest = Path.Combine(AppContext.BaseDirectory, "Modules", "PSIpc", "PSIpc.psd1");

    private readonly ShellHost _host;
    private readonly Interrupt _interrupt;
    private readonly Runspace _runspace;
    private int _lastExitCode;

    internal Session(ShellHost host, Interrupt interrupt)
    {
        _host = host;
        _interrupt = interrupt;
        _runspace = EngineStartup.Open(host, s_manifest);
    }

    /// <summary>Whether <c>exit</c> or a signal has ended the session.</summary>
    internal bool HasEnded => _host.ExitCode is not null || _interrupt.ExitCode is not null;

    internal int ExitCode => _interrupt.ExitCode ?? _host.ExitCode ?? _lastExitCode;

    public void Dispose() => _runspace.Dispose();

    /// <summary>Runs a script file as a command; its <c>exit</c> gives the exit code, and an error that it went on after gives none.</summary>
    internal void RunFile(string path, string[] arguments)
    {
        BlockingCollection<string>? input = StandardInput.For(() => Parser.ParseFile(path, out _, out _));
        string command = ScriptCommand.Text(path, arguments);
        bool completed = Run(input is null ? command : $"$input | {command}", input);

        // 'exit' in a file ends the file alone: its caller, which is this, finds the code in a variable.
        bool exited = completed && !Succeeded;
        _lastExitCode = exited && Variable("LASTEXITCODE") is int code and not 0 ? code : completed && !exited ? 0 : 1;
    }

    /// <summary>Runs text in the global scope; fails when its last statement does.</summary>
    internal void RunCommand(string text)
    {
        BlockingCollection<string>? input = StandardInput.For(() => Parser.ParseInput(text, out _, out _));
        _lastExitCode = Run(text, input) && Succeeded ? 0 : 1;
    }

    /// <summary>Runs one command of a prompt or of the standard input, from which it may read on.</summary>
    internal void RunLine(string text) => _lastExitCode = Run(text, null) && Succeeded ? 0 : 1;

    /// <summary>The text of the engine's prompt function.</summary>
    internal string Prompt()
    {
        try
        {
            using PowerShell pipeline = PowerShell.Create(_runspace);
            return string.Concat(pipeline.AddCommand("prompt").Invoke());
        }
        catch (RuntimeException)
        {
            return "PS> ";
        }
    }

    /// <summary>What the engine proposes for a text with the cursor at an index.</summary>
    internal CommandCompletion Complete(string text, int cursor)
    {
        using PowerShell pipeline = PowerShell.Create(_runspace);
        try
        {
            return CommandCompletion.CompleteInput(text, cursor, null, pipeline);
        }
        catch (Exception)
        {
            // The engine's own completions count on cmdlets that are not here; a prompt lives on without a proposal.
            return new CommandCompletion([], -1, cursor, 0);
        }
    }

    private bool Succeeded => Variable("?") is true;

    private object? Variable(string name) => _runspace.SessionStateProxy.GetVariable(name);

    /// <summary>Runs text; says whether it came to its end, and shows the error that ended it otherwise.</summary>
    private bool Run(string text, BlockingCollection<string>? input)
    {
        using PowerShell pipeline = PowerShell.Create(_runspace);
        if (input is not null)
        {
            // An input of the pipeline itself would be what is there already; this one waits for what is still to come, until it is stopped.
            pipeline.AddScript("param($lines) $lines", useLocalScope: true).AddArgument(input.GetConsumingEnumerable());
            pipeline.InvocationStateChanged += (_, change) =>
            {
                if (change.InvocationStateInfo.State == PSInvocationState.Stopping)
                {
                    input.CompleteAdding();
                }
            };
        }

        pipeline.AddScript(text, useLocalScope: false);
        pipeline.Commands.Commands[^1].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.AddCommand(Out);
        _interrupt.Watch(pipeline);
        try
        {
            // The engine keeps $? only of what goes to the history.
            pipeline.Invoke(null, new PSDataCollection<object>(), new PSInvocationSettings { AddToHistory = true });
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException exception)
        {
            Show(exception);
            return false;
        }
        finally
        {
            _interrupt.Watch(null);
            _host.UserInterface.EndProgress();
        }
    }

    /// <summary>Shows what ended a pipeline in the engine's own error view; the message of what did not parse shows its place itself.</summary>
    private void Show(RuntimeException exception)
    {
        if (exception is ParseException)
        {
            _host.UI.WriteErrorLine(exception.Message);
            return;
        }

        // Written by WriteError it would be that caller's error, and lose its own cmdlet and place.
        using PowerShell pipeline = PowerShell.Create(_runspace);
        _host.UserInterface.IsShowingError = true;
        try
        {
            pipeline.AddCommand(Out).Invoke(new[] { exception.ErrorRecord });
        }
        finally
        {
            _host.UserInterface.IsShowingError = false;
        }
    }
}
