using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;

namespace PSIpc.TestSupport;

/// <summary>The programs in C that stand on the other side.</summary>
public static class CProgram
{
    /// <summary>The program's path. It is compiled with <c>cc</c> unless it was already, from the same source; without a compiler the test is skipped.</summary>
    /// <param name="name">The name of a file in <c>tests/Peers</c>, without <c>.c</c>, or a path below the repository with it.</param>
    public static string Compile(string name)
    {
        string source = name.EndsWith(".c", StringComparison.Ordinal)
            ? Path.Combine(Repository.Root, name)
            : Path.Combine(Repository.Root, "tests", "Peers", $"{name}.c");
        byte[] hash = SHA256.HashData(File.ReadAllBytes(source));
        string folder = Path.Combine(Repository.Root, "artifacts", "peers");
        string program = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(source)}-{Convert.ToHexString(hash, 0, 6)}");
        if (!File.Exists(program))
        {
            Directory.CreateDirectory(folder);

            // Test processes may run at once: each compiles to a name of its own, and the last rename wins.
            string fresh = $"{program}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
            Run("cc", ["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", fresh, source]);
            File.Move(fresh, program, overwrite: true);
        }

        return program;
    }

    private static void Run(string file, IEnumerable<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"No '{file}' here: install Debian's gcc.");
        }
    }
}
