using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Text;

namespace PSIpc.Shell;

/// <summary>One run of psipc: a runspace with the module, and what the command line asks of it.</summary>
internal sealed class Session : IDisposable
{
    private const string ScriptVariable = "__psipcScript";

    private readonly CommandLine _commandLine;
    private readonly ShellHost _host;
    private readonly Runspace _runspace;
    private readonly Interrupt _interrupt = new();

    internal Session(CommandLine commandLine)
    {
        _commandLine = commandLine;
        _host = new ShellHost(commandLine.NonInteractive);

        string modules = Path.Combine(AppContext.BaseDirectory, "Modules");
        string? path = Environment.GetEnvironmentVariable("PSModulePath");
        Environment.SetEnvironmentVariable("PSModulePath", string.IsNullOrEmpty(path) ? modules : modules + Path.PathSeparator + path);

        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Path.Combine(modules, "PSIpc", "PSIpc.psd1")]);
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        Runspace.DefaultRunspace = _runspace;
    }

    internal int Run() => _commandLine.Action switch
    {
        ShellAction.RunFile => RunFile(_commandLine.Text, _commandLine.Arguments),
        ShellAction.RunCommand => RunText(_commandLine.Text),
        ShellAction.RunInput => RunText(Console.In.ReadToEnd()),
        _ => new Prompt(_host, _runspace, Execute).Run(),
    };

    public void Dispose()
    {
        _interrupt.Dispose();
        _runspace.Dispose();
    }

    private int RunFile(string path, IReadOnlyList<string> arguments)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            Console.Error.WriteLine($"psipc: there is no script '{path}'.");
            return ExitCodes.Usage;
        }

        ScriptBlockAst script = Parser.ParseFile(full, out _, out ParseError[] errors);
        if (errors.Length > 0)
        {
            foreach (ParseError error in errors)
            {
                _host.UI.WriteErrorLine($"{full}:{error.Extent.StartLineNumber}:{error.Extent.StartColumnNumber}: {error.Message}");
            }

            return ExitCodes.Failure;
        }

        // A block and not a path: 'exit' in it then ends the run with its code, as it does in pwsh -File.
        _runspace.SessionStateProxy.SetVariable(ScriptVariable, script.GetScriptBlock());
        return ExitCode(Execute($". ${ScriptVariable}{Quote(arguments)}"), succeeded: true);
    }

    private int RunText(string text)
    {
        bool ended = Execute(text);
        return ExitCode(ended, ended && _host.ExitCode is null && LastSucceeded());
    }

    /// <summary>Runs commands to their end, output and errors to the host; false when an error or a signal ended them.</summary>
    private bool Execute(string text)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(text, useLocalScope: false);
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        using IDisposable watch = _interrupt.Watch(shell);
        try
        {
            // What goes to the history also sets $?, which pwsh's exit code of -Command follows.
            shell.Invoke(null, new PSInvocationSettings { AddToHistory = true });
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException exception)
        {
            Report(exception.ErrorRecord);
            return false;
        }
    }

    // Errors take the way of all objects, so the engine's own view draws them.
    private void Report(ErrorRecord record)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript("$input | Out-Default", useLocalScope: true);
        var error = PSObject.AsPSObject(record);
        error.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        shell.Invoke(new[] { error });
    }

    private bool LastSucceeded() => _runspace.SessionStateProxy.GetVariable("?") is true;

    private int ExitCode(bool ended, bool succeeded) =>
        _host.ExitCode ?? _interrupt.ExitCode ?? (ended && succeeded ? ExitCodes.Success : ExitCodes.Failure);

    /// <summary>Arguments as pwsh -File takes them: what looks like a parameter is one, everything else is text.</summary>
    private static string Quote(IReadOnlyList<string> arguments)
    {
        var text = new StringBuilder();
        foreach (string argument in arguments)
        {
            text.Append(' ');
            int colon = argument.IndexOf(':');
            string name = colon > 0 ? argument[..colon] : argument;
            if (name is not ['-', var first, ..] || !(char.IsLetter(first) || first == '_') || name.Skip(1).Any(letter => !char.IsLetterOrDigit(letter) && letter != '_'))
            {
                text.Append(QuoteText(argument));
            }
            else if (colon < 0)
            {
                text.Append(name);
            }
            else
            {
                string value = argument[(colon + 1)..];
                text.Append(name).Append(':').Append(value.ToLowerInvariant() is "$true" or "$false" ? value : QuoteText(value));
            }
        }

        return text.ToString();
    }

    private static string QuoteText(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
