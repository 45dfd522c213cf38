using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PSIpc.Bench.EngineHost;

/// <summary>Apart from the program, which says where the engine is before this needs it.</summary>
internal static class Script
{
    internal static int Run(string text)
    {
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_DIAGNOSTICS_OPTOUT", "1");
        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();

        // The engine's own first command is none of the module's cost.
        using (var first = PowerShell.Create(runspace))
        {
            first.AddScript("$null = Get-Command Import-Module").Invoke();
        }

        using var shell = PowerShell.Create(runspace);
        shell.AddScript(text);
        long begun = Stopwatch.GetTimestamp();
        shell.Invoke();
        double milliseconds = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        foreach (ErrorRecord error in shell.Streams.Error)
        {
            Console.Error.WriteLine(error);
        }

        Console.WriteLine(milliseconds.ToString(CultureInfo.InvariantCulture));
        return shell.HadErrors ? 1 : 0;
    }
}
