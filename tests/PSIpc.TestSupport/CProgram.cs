using System.Security.Cryptography;
using Xunit;

namespace PSIpc.TestSupport;

/// <summary>
/// C programs that stand on the other side, compiled with the machine's own compiler unless they were already, from the same source.
/// </summary>
public static class CProgram
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "peers");

    /// <summary>The program's path; without a compiler the test is skipped.</summary>
    /// <param name="name">The name of a file in <c>tests/Peers</c>, without <c>.c</c>, or a path below the repository with it.</param>
    public static string Compile(string name)
    {
        string source = name.EndsWith(".c", StringComparison.Ordinal)
            ? Path.Combine(Repository.Root, name)
            : Path.Combine(Repository.Root, "tests", "Peers", $"{name}.c");
        return Build(
            Path.GetFileNameWithoutExtension(source), File.ReadAllText(source), ["-Wall", "-Wextra", "-Werror", "-Wno-unused-result"]);
    }

    /// <summary>A program from source text that a test made: warnings are of no interest.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="text">The source.</param>
    public static string CompileText(string name, string text) => Build(name, text, ["-w"]);

    private static string Build(string name, string text, string[] warnings)
    {
        byte[] hash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
        string extension = OperatingSystem.IsWindows() ? ".exe" : "";
        string program = Path.Combine(Directory.CreateDirectory(Folder).FullName, $"{name}-{Convert.ToHexString(hash, 0, 6)}{extension}");
        if (!File.Exists(program))
        {
            string compiler = Tool.Require(OperatingSystem.IsWindows() ? "gcc" : "cc", "gcc");

            // Test processes may run at once: each compiles to a name of its own, and the last rename wins.
            string fresh = $"{program}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
            string source = $"{fresh}.c";
            File.WriteAllText(source, text);
            ProcessResult result = ChildProcess
                .RunAsync(compiler, ["-O2", .. warnings, "-pthread", "-o", fresh, source])
                .GetAwaiter().GetResult();
            Assert.True(result.ExitCode == 0, result.Error);
            File.Delete(source);
            File.Move(fresh, program, overwrite: true);
        }

        return program;
    }
}
