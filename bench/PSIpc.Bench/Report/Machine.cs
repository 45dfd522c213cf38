using System.Globalization;
using System.Runtime.InteropServices;

namespace PSIpc.Bench;

/// <summary>What it was measured on.</summary>
internal static class Machine
{
    /// <summary>A list of it.</summary>
    internal static string Describe(string load) => string.Create(CultureInfo.InvariantCulture, $"""
        - {DateTime.UtcNow:yyyy-MM-dd}
        - {Processor}, {Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F0} GB of memory
        - {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}
        - load average before: {load}

        """);

    /// <summary>The load averages over 1, 5 and 15 minutes.</summary>
    internal static string Load => string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    private static string Processor =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
