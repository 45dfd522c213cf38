using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>
/// Both packages, as <c>build.ps1 -Task Pack</c> creates them from a copy of the sources, and in a thorough run a second time from
/// another copy.
/// </summary>
public sealed class PackageFixture : IAsyncLifetime
{
    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(8);

    private readonly TemporaryFolder _folder = new();

    /// <summary>A folder feed.</summary>
    public string Feed => Path.Combine(_folder.PathOf("one"), "artifacts", "package");

    /// <summary>The second feed of a thorough run.</summary>
    public string OtherFeed => Path.Combine(_folder.PathOf("two"), "artifacts", "package");

    /// <summary>The one source of the version.</summary>
    public static string Version { get; } =
        Regex.Match(File.ReadAllText(Repository.Manifest), @"ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value;

    public async ValueTask InitializeAsync()
    {
        foreach (string name in TestTier.IsThorough ? ["one", "two"] : (string[])["one"])
        {
            string copy = Directory.CreateDirectory(_folder.PathOf(name)).FullName;
            CopySources(copy);
            foreach (string project in (string[])["src/PSIpc.Core", "src/PSIpc"])
            {
                await DotnetAsync(copy, ["pack", project, "-v", "q"]);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A new folder of the fixture's.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(_folder.PathOf(name)).FullName;

    /// <summary>
    /// Runs the SDK with a package cache of the fixture's own, so that nothing of an earlier version is taken for this one.
    /// </summary>
    public async Task<string> DotnetAsync(string folder, IEnumerable<string> arguments, bool ownCache = false)
    {
        var environment = new Dictionary<string, string?>
        {
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["MSBuildSDKsPath"] = null,
            ["NUGET_PACKAGES"] = ownCache ? _folder.PathOf("cache") : null,
        };
        ProcessResult result = await ChildProcess.RunAsync("dotnet", arguments, null, environment, folder, BuildPatience);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}:\n{result.Output}\n{result.Error}");
        return result.Output;
    }

    private static void CopySources(string target)
    {
        foreach (string file in Directory.GetFiles(Repository.Root))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        foreach (string folder in (string[])[".config", "src", "en-US"])
        {
            CopyFolder(Path.Combine(Repository.Root, folder), Path.Combine(target, folder));
        }
    }

    internal static void CopyFolder(string source, string target)
    {
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
