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
        string pwsh = await Pwsh.RequireModuleAsync("Pester", Minimum);
        ProcessResult result = await Pwsh.RunAsync(
            pwsh,
            $$"""
            Import-Module Pester -MinimumVersion {{Minimum}}
            $configuration = New-PesterConfiguration
            $configuration.Run.Path = '{{Path.Combine(Repository.Root, "tests", "Pester", suite)}}'
            $configuration.Run.PassThru = $true
            $configuration.Output.Verbosity = 'Detailed'
            $run = Invoke-Pester -Configuration $configuration
            "PESTER $($PSVersionTable.PSVersion) $($run.PassedCount) passed, $($run.FailedCount) failed, $($run.SkippedCount) skipped"
            exit [int] ($run.Result -ne 'Passed')
            """,
            TimeSpan.FromMinutes(10));

        output.WriteLine(result.Output);
        Match counts = Counts().Match(result.Output);
        Assert.True(result.ExitCode == 0 && counts.Success, result.Output + result.Error);
        Assert.True(int.Parse(counts.Groups["passed"].Value, CultureInfo.InvariantCulture) > 0, "No test ran.");
    }

    [GeneratedRegex(@"^PESTER \S+ (?<passed>\d+) passed, (?<failed>\d+) failed", RegexOptions.Multiline)]
    private static partial Regex Counts();
}
