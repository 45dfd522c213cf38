using System.Text.Json;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The Pester suites in real PowerShell, with one result for each <c>It</c>.</summary>
public sealed class PesterTests
{
    private const string Marker = "RESULT ";

    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Pester");

    /// <summary>Gets the results with the newest version of Pester and, in a thorough run, with the oldest that is supported.</summary>
    public static async Task<TheoryData<string, string>> Results()
    {
        string[] versions = [.. Directory.GetDirectories(Path.Combine(Path.GetDirectoryName(Pwsh.Path)!, "Modules", "Pester"))
            .Select(folder => new Version(Path.GetFileName(folder)))
            .OrderDescending()
            .Select(version => version.ToString())];
        var results = new TheoryData<string, string>();
        foreach (string version in versions[..(TestTier.IsThorough ? versions.Length : 1)])
        {
            await RunAsync(version, results);
        }

        return results;
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Results))]
    public void It(string result, string message)
    {
        Assert.SkipWhen(result is "Skipped" or "NotRun", message);
        Assert.True(result == "Passed", message);
    }

    // Two processes share the files, the largest first.
    private static async Task RunAsync(string version, TheoryData<string, string> results)
    {
        const int Processes = 2;
        string[] files = [.. new DirectoryInfo(Folder).GetFiles("*.Tests.ps1").OrderByDescending(file => file.Length)
            .Select(file => file.FullName)];
        IEnumerable<string>[] shares = [.. Enumerable.Range(0, Processes)
            .Select(share => files.Where((_, index) => index % Processes == share))];
        ProcessResult[] runs = await Task.WhenAll(shares.Select((files, share) => RunPesterAsync(files, version, share)));

        foreach (ProcessResult run in runs)
        {
            string[] lines = [.. run.Output.Split('\n').Where(line => line.StartsWith(Marker, StringComparison.Ordinal))];
            if (run.ExitCode != 0 || lines.Length == 0)
            {
                throw new InvalidOperationException($"Pester ended with {run.ExitCode}.{Environment.NewLine}{run.Output}{run.Error}");
            }

            foreach (string line in lines)
            {
                using var result = JsonDocument.Parse(line[Marker.Length..]);
                string Text(string property) => result.RootElement.GetProperty(property).GetString() ?? "";
                results.Add(new TheoryDataRow<string, string>(Text("Result"), Text("Message"))
                {
                    Label = $"{Text("File")} with Pester {version}: {Text("Name")}",
                });
            }
        }
    }

    private static Task<ProcessResult> RunPesterAsync(IEnumerable<string> files, string version, int share) => ChildProcess.RunAsync(
        Pwsh.Path,
        [
            "-NoProfile", "-NonInteractive", "-Command",
            $"& '{Path.Combine(Folder, "Invoke-Suite.ps1")}' -Path {string.Join(", ", files.Select(file => $"'{file}'"))} -PesterVersion "
                + $"{version}",
        ],
        environment: TestRun.PesterEnvironment(share),
        patience: TimeSpan.FromMinutes(10));
}
