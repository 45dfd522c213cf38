using System.Diagnostics;
using Xunit;

namespace PSIpc.TestSupport;

/// <summary>The C programs on the other side, built when first needed.</summary>
public static class CProgram
{
    private static readonly object Building = new();

    /// <summary>The built program, by its source's path from the root; the test is skipped where there is no C compiler.</summary>
    /// <param name="source">Such as <c>tests/Peers/echo_hold.c</c>.</param>
    public static string Build(string source) =>
        Build(source, Path.Combine(Repository.Root, source), Path.GetFileNameWithoutExtension(source));

    /// <summary>Runs a program made of this text, and gives what it prints.</summary>
    /// <param name="name">A name for it.</param>
    /// <param name="text">The source.</param>
    public static string RunText(string name, string text)
    {
        string folder = Directory.CreateTempSubdirectory("psipc-").FullName;
        try
        {
            string source = Path.Combine(folder, name + ".c");
            File.WriteAllText(source, text);
            string program = Build(name, source, name);
            using Process process = Process.Start(new ProcessStartInfo(program) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Build(string what, string source, string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The C peers are for Linux.");
        string? compiler = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "cc")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(compiler is null, $"No C compiler: cc is missing, which builds {what}.");
        string folder = Path.Combine(Repository.Root, "artifacts", "peers");
        string program = Path.Combine(folder, name);
        lock (Building)
        {
            Directory.CreateDirectory(folder);
            if (File.GetLastWriteTimeUtc(program) < File.GetLastWriteTimeUtc(source))
            {
                // Under another name first: other test processes may build it, or run it, at the same time.
                string unfinished = $"{program}.{Environment.ProcessId}";
                using Process process = Process.Start(
                    new ProcessStartInfo(compiler!, ["-O2", "-Wall", "-Wextra", "-Werror", "-o", unfinished, source]) { RedirectStandardError = true })!;
                string errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, errors);
                File.Move(unfinished, program, overwrite: true);
            }
        }

        return program;
    }
}
