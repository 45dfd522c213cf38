using System.Globalization;
using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The Pester suites in a real pwsh, each as one test.</summary>
public sealed partial class PesterTests(ITestOutputHelper output)
{
    private const string Minimum = "5.5.0";

    public static TheoryData<string> Suites =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Pester"), "*.Tests.ps1").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Suite_passes_in_pwsh(string suite)
    {
        string? configured = Environment.GetEnvironmentVariable("PSIPC_PWSH");
        string? pwsh = string.IsNullOrEmpty(configured) ? Tool.Find("pwsh") : configured;
        Assert.SkipWhen(pwsh is null, "'pwsh' is not installed: neither on PATH nor named by PSIPC_PWSH.");
        ProcessResult found = await Run(pwsh, $"(Get-Module Pester -ListAvailable | Where-Object Version -GE {Minimum} | Sort-Object Version)[-1].Version.ToString()");
        Assert.SkipWhen(found.ExitCode != 0, $"Pester {Minimum} or later is not installed in {pwsh}.");

        ProcessResult result = await Run(pwsh, $$"""
            Import-Module Pester -MinimumVersion {{Minimum}}
            $configuration = New-PesterConfiguration
            $configuration.Run.Path = '{{Path.Combine(Repository.Root, "tests", "Pester", suite)}}'
            $configuration.Run.PassThru = $true
            $configuration.Output.Verbosity = 'Detailed'
            $run = Invoke-Pester -Configuration $configuration
            "PESTER $($PSVersionTable.PSVersion) $($run.PassedCount) passed, $($run.FailedCount) failed, $($run.SkippedCount) skipped"
            exit [int] ($run.Result -ne 'Passed')
            """);

        output.WriteLine(result.Output);
        Match counts = Counts().Match(result.Output);
        Assert.True(result.ExitCode == 0 && counts.Success, result.Output + result.Error);
        Assert.True(int.Parse(counts.Groups["passed"].Value, CultureInfo.InvariantCulture) > 0, "No test ran.");
    }

    private static Task<ProcessResult> Run(string pwsh, string command) => ChildProcess.RunAsync(
        pwsh,
        ["-NoProfile", "-NonInteractive", "-Command", command],
        environment: new Dictionary<string, string?> { ["POWERSHELL_TELEMETRY_OPTOUT"] = "1", ["POWERSHELL_UPDATECHECK"] = "Off" },
        patience: TimeSpan.FromMinutes(10));

    [GeneratedRegex(@"^PESTER \S+ (?<passed>\d+) passed, (?<failed>\d+) failed", RegexOptions.Multiline)]
    private static partial Regex Counts();
}
