using Xunit;

namespace PSIpc.TestSupport;

/// <summary>A real PowerShell, where there is one.</summary>
public static class Pwsh
{
    /// <summary>Its path, from <c>PSIPC_PWSH</c> or <c>PATH</c>; where there is none, the test is skipped.</summary>
    public static string Require()
    {
        string? configured = Environment.GetEnvironmentVariable("PSIPC_PWSH");
        string? pwsh = string.IsNullOrEmpty(configured) ? Tool.Find("pwsh") : configured;
        Assert.SkipWhen(pwsh is null, "'pwsh' is not installed: neither on PATH nor named by PSIPC_PWSH.");
        return pwsh;
    }

    /// <summary>Its path, where it has a module; where it has not, the test is skipped.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="minimum">The lowest version that will do.</param>
    public static async Task<string> RequireModuleAsync(string module, string minimum)
    {
        string pwsh = Require();
        ProcessResult found = await RunAsync(pwsh, $"exit [int] -not (Get-Module {module} -ListAvailable | Where-Object Version -GE {minimum})");
        Assert.SkipWhen(found.ExitCode != 0, $"{module} {minimum} or later is not installed in {pwsh}.");
        return pwsh;
    }

    /// <summary>Runs a command to its end, with neither a profile nor a question.</summary>
    /// <param name="pwsh">What <see cref="Require"/> gave.</param>
    /// <param name="command">What to run.</param>
    /// <param name="patience">How long it may take, where that is longer than <see cref="ChildProcess.Patience"/>.</param>
    public static Task<ProcessResult> RunAsync(string pwsh, string command, TimeSpan? patience = null) => ChildProcess.RunAsync(
        pwsh,
        ["-NoProfile", "-NonInteractive", "-Command", command],
        environment: new Dictionary<string, string?> { ["POWERSHELL_TELEMETRY_OPTOUT"] = "1", ["POWERSHELL_UPDATECHECK"] = "Off" },
        patience: patience);
}
