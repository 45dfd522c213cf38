using System.Collections.Concurrent;
using Xunit;

namespace PSIpc.TestSupport;

/// <summary>C programs that stand on the other side, compiled once a test run with the machine's own compiler.</summary>
public static class CProgram
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Compiled = new();

    /// <summary>Compiles a file of tests/Peers and gives the program's path; skips the test where there is no compiler.</summary>
    public static string Compile(string source) => Compiled.GetOrAdd(source, name => new Lazy<string>(() => Build(name))).Value;

    /// <summary>Compiles C source text.</summary>
    public static string CompileText(string name, string text)
    {
        string file = Path.Combine(Folder(), $"{name}.c");
        File.WriteAllText(file, text);
        return Build(file);
    }

    private static string Build(string source)
    {
        string compiler = Tool.Require("cc", "gcc");
        string program = Path.Combine(Folder(), Path.GetFileNameWithoutExtension(source));
        ProcessResult result = ChildProcess
            .RunAsync(compiler, ["-O2", "-Wall", "-Wno-unused-result", "-pthread", "-o", program, Path.Combine(Repository.Root, "tests", "Peers", source)])
            .GetAwaiter().GetResult();
        Assert.True(result.ExitCode == 0, result.Error);
        return program;
    }

    // A folder a process: two suites may compile the same program at once.
    private static string Folder() =>
        Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "peers", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture))).FullName;
}
