using System.Diagnostics;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>The programs that stand beside PSIpc: the machine's, and those of <c>bench/peers</c>.</summary>
internal static class Programs
{
    /// <summary>Installs all of them that are missing, with what apt-get says to the terminal.</summary>
    /// <exception cref="InvalidOperationException">That failed.</exception>
    internal static void Install()
    {
        string installer = Tool.Find("apt-get") ?? throw new InvalidOperationException(
            "There is no apt-get: install gcc, perl, python3, util-linux, socat and ncat as this system does.");
        string[] packages = ["gcc", "libc6-dev", "perl", "python3", "util-linux", "socat", "ncat"];
        using var process = Process.Start(installer, ["install", "-y", "--no-install-recommends", .. packages]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"apt-get ended with {process.ExitCode}; it wants to be run as root, after apt-get update.");
        }
    }

    /// <exception cref="MissingPeerException">It is not installed.</exception>
    internal static string Require(string name, string package) =>
        Tool.Find(name) ?? throw new MissingPeerException($"{name} is not installed (Debian package {package})");

    /// <summary>A C program, compiled.</summary>
    /// <param name="path">The source's path in the checkout.</param>
    /// <exception cref="MissingPeerException">There is no compiler.</exception>
    internal static string C(string path)
    {
        Require("cc", "gcc");
        return CProgram.Compile(path);
    }

    /// <summary>The path of a script of <c>bench/peers</c>.</summary>
    internal static string Script(string name) => Path.Combine(Repository.Root, "bench", "peers", name);

    /// <summary>What another project of the checkout built, with the bench's own configuration.</summary>
    internal static string Built(string project, string file)
    {
        string own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.Combine(own, "..", "..", project, Path.GetFileName(own), file);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    internal static string Run(string file, params IEnumerable<string> arguments)
    {
        ProcessResult result = ChildProcess.RunAsync(file, arguments).GetAwaiter().GetResult();
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{file} ended with {result.ExitCode}: {result.Error.Trim()} {result.Output.Trim()}");
    }
}
