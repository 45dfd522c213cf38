using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>PSScriptAnalyzer on every script and data file of the repository, with the settings at its root.</summary>
public sealed class ScriptAnalysisTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PSScriptAnalyzer_finds_nothing()
    {
        string[] scripts = [.. Scripts(Repository.Root).Order(StringComparer.Ordinal)];
        Assert.Superset(
            new HashSet<string>(["PSIpc.psd1", "build.ps1", "examples/first-steps.ps1", "tests/Pester/Start-EchoServer.Tests.ps1"]),
            scripts.Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')).ToHashSet());

        Assert.Equal("", await Analyse(scripts));
    }

    [Fact]
    public async Task What_PSScriptAnalyzer_objects_to_is_a_finding() =>
        Assert.Contains(
            "PSAvoidUsingCmdletAliases",
            await Analyse(_folder.Write("alias.ps1", "gci")),
            StringComparison.Ordinal);

    private static async Task<string> Analyse(params string[] scripts)
    {
        await Pwsh.RequireModuleAsync("PSScriptAnalyzer", "1.21.0");
        string list = string.Join(", ", scripts.Select(path => $"'{path.Replace("'", "''", StringComparison.Ordinal)}'"));

        ProcessResult result = await Pwsh.RunAsync(
            $$"""
            $ErrorActionPreference = 'Stop'
            foreach ($script in {{list}}) {
                foreach ($finding in Invoke-ScriptAnalyzer -Path $script -Settings '{{Repository.Root}}/PSScriptAnalyzerSettings.psd1') {
                    "$($finding.ScriptPath):$($finding.Line) $($finding.RuleName): $($finding.Message)"
                }
            }
            """,
            TimeSpan.FromMinutes(3));
        Assert.True((result.ExitCode, result.Error) is (0, ""), result.Output + result.Error);
        return result.Output;
    }

    // What a build made is not the repository's.
    private static IEnumerable<string> Scripts(string folder) => Directory.EnumerateFiles(folder)
        .Where(path => Path.GetExtension(path) is ".ps1" or ".psd1" or ".psm1")
        .Concat(Directory.EnumerateDirectories(folder)
            .Where(path => Path.GetFileName(path) is not ("artifacts" or "bin" or "obj" or ".git"))
            .SelectMany(Scripts));
}
