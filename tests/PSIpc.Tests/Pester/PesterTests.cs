using System.Text.Json;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The Pester suites in real PowerShell, with one result for each <c>It</c>.</summary>
public sealed class PesterTests
{
    private const string Marker = "RESULT ";

    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "Pester");

    /// <summary>Gets a value that indicates whether this run includes the oldest supported version of Pester.</summary>
    public static bool IsThorough => TestTier.IsThorough;

    public static Task<TheoryData<string, string, string, string>> Results() => RunAsync("");

    public static Task<TheoryData<string, string, string, string>> OldResults() =>
        IsThorough ? RunAsync($"-PesterVersion {OldVersion()}") : Task.FromResult(new TheoryData<string, string, string, string>());

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Results))]
    public void It(string file, string name, string result, string message) => Check(file, name, result, message);

    [Theory(DisableDiscoveryEnumeration = true, SkipTestWithoutData = true)]
    [MemberData(nameof(OldResults))]
    public void It_with_Pester_5(string file, string name, string result, string message) => Check(file, name, result, message);

    private static void Check(string file, string name, string result, string message)
    {
        Assert.SkipWhen(result is "Skipped" or "NotRun", message);
        Assert.True(result == "Passed", $"{file}: {name}: {message}");
    }

    private static string OldVersion() =>
        Directory.GetDirectories(Path.Combine(Path.GetDirectoryName(Pwsh.Path)!, "Modules", "Pester")).Select(Path.GetFileName).Order(StringComparer.Ordinal).First()!;

    // Two processes share the files, the largest first.
    private static async Task<TheoryData<string, string, string, string>> RunAsync(string arguments)
    {
        const int Processes = 2;
        string[] files = [.. new DirectoryInfo(s_folder).GetFiles("*.Tests.ps1").OrderByDescending(file => file.Length).Select(file => file.FullName)];
        IEnumerable<string>[] shares = [.. Enumerable.Range(0, Processes).Select(share => files.Where((_, index) => index % Processes == share))];
        ProcessResult[] runs = await Task.WhenAll(shares.Select(share => RunAsync(share, arguments)));

        var results = new TheoryData<string, string, string, string>();
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
                results.Add(Text("File"), Text("Name"), Text("Result"), Text("Message"));
            }
        }

        return results;
    }

    private static Task<ProcessResult> RunAsync(IEnumerable<string> files, string arguments) => ChildProcess.RunAsync(
        Pwsh.Path,
        [
            "-NoProfile", "-NonInteractive", "-Command",
            $"& '{Path.Combine(s_folder, "Invoke-Suite.ps1")}' -Path {string.Join(", ", files.Select(file => $"'{file}'"))} {arguments}",
        ],
        patience: TimeSpan.FromMinutes(10));
}
