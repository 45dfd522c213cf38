using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>The library's own parts, which BenchmarkDotNet measures in a program apart.</summary>
internal static class MicroBenchmarks
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(30);

    /// <summary>Runs them, and gives their table.</summary>
    internal static string Run(Options options)
    {
        using var folder = new TemporaryFolder();
        ProcessResult result = ChildProcess.RunAsync(
            Programs.Built("PSIpc.Bench.Micro", "PSIpc.Bench.Micro"), [folder.FullPath, .. options.Pick<string[]>([], ["--quick"])], patience: s_patience)
            .GetAwaiter().GetResult();
        string[] tables = Directory.GetFiles(folder.FullPath, "*-report-github.md", SearchOption.AllDirectories);
        return result.ExitCode == 0 && tables.Length > 0
            ? string.Join('\n', tables.Order(StringComparer.Ordinal).Select(File.ReadAllText))
            : throw new InvalidOperationException($"The micro benchmarks ended with {result.ExitCode}: {result.Error}\n{result.Output}");
    }
}
