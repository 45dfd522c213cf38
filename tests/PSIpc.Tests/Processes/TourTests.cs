using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The readme's transcript is what its script gives, but for numbers and the names of users.</summary>
public sealed partial class TourTests
{
    [Fact]
    public async Task The_script_shows_what_the_readme_shows() => Check(await Pwsh.RunAsync($"& '{Script}'"));

    private static string Script => Path.Combine(Repository.Root, "examples", "tour.ps1");

    private static void Check(ProcessResult result)
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string shown = readme.Split("```text\n")[1].Split("```")[0];

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(Essence(shown), Essence(result.Output));
    }

    // Numbers with their unit, and whose they are, differ from run to run.
    private static string[] Essence(string text) =>
    [
        .. text.Split('\n')
            .Where(line => line.Length > 0)
            .Select(line => Owner().Replace(line, "0600 OWNER "))
            .Select(line => Figure().Replace(line, "N"))
            .Select(line => Space().Replace(line, " ").Trim()),
    ];

    [GeneratedRegex(@"0600 \S+ ")]
    private static partial Regex Owner();

    [GeneratedRegex(@"-?\d+([.,]\d+)*( (µs|ms|s|B|KB|MB)\b)?")]
    private static partial Regex Figure();

    [GeneratedRegex(@"\s+|-{3,}")]
    private static partial Regex Space();
}
