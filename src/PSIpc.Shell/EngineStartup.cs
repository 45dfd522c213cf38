using System.Linq.Expressions;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell.Commands;

namespace PSIpc.Shell;

/// <summary>Opens the engine with what psipc needs, and nothing that it has no use for.</summary>
internal static class EngineStartup
{
    /// <summary>Usage reports, and a pipe for debuggers to attach: each costs a share of the start.</summary>
    private static readonly string[] s_optOuts = ["POWERSHELL_TELEMETRY_OPTOUT", "POWERSHELL_DIAGNOSTICS_OPTOUT"];

    private static readonly ParameterExpression s_parameter = Expression.Parameter(typeof(object));

    internal static Runspace Open(ShellHost host, string module)
    {
        string?[] before = [.. s_optOuts.Select(Environment.GetEnvironmentVariable)];
        Set([.. s_optOuts.Select(_ => "1")]);

        new Thread(WarmUp) { IsBackground = true, Name = "Warm-up" }.Start();
        var state = InitialSessionState.CreateDefault2();
        SessionStateFormatEntry[] formats = [.. state.Formats];
        state.Formats.Clear();
        Runspace runspace = RunspaceFactory.CreateRunspace(host, state);

        // The thread is the script's own, as in pwsh.
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();

        // A module's views make the engine read all of its own again: here for the first time, and not for the second.
        runspace.InitialSessionState.Formats.Add(formats);
        using (var import = PowerShell.Create(runspace))
        {
            import.AddCommand("Import-Module").AddParameter("Name", module).Invoke();
            foreach (ErrorRecord error in import.Streams.Error)
            {
                host.UI.WriteErrorLine(error.ToString());
            }
        }

        // What a script starts gets the environment that the user gave.
        Set(before);
        return runspace;
    }

    /// <summary>Does on a second core, while the engine opens, what importing the module and the first command would wait for.</summary>
    private static void WarmUp()
    {
        Expression.Lambda<Func<object, string?>>(
            Expression.Call(s_parameter, nameof(ToString), Type.EmptyTypes), s_parameter).Compile();
        Parser.ParseInput("@{ Name = 'value' }", out _, out _);
        _ = new CommandMetadata(typeof(ImportModuleCommand));
        _ = new CommandMetadata(typeof(OutDefaultCommand));
        _ = Console.Out;
    }

    private static void Set(string?[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Environment.SetEnvironmentVariable(s_optOuts[i], values[i]);
        }
    }
}
