using Xunit;

namespace PSIpc.TestSupport;

/// <summary>A real PowerShell: the one that comes with the build, or the one that <c>PSIPC_PWSH</c> names.</summary>
public static class Pwsh
{
    private static readonly string Executable = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";

    /// <summary>Gets its path.</summary>
    /// <exception cref="InvalidOperationException">It does not exist.</exception>
    public static string Path { get; } = Find();

    /// <summary>Gets the arguments that run a command with neither a profile nor a prompt.</summary>
    /// <param name="command">What to run, after the import of the module.</param>
    public static string[] Command(string command) =>
        ["-NoProfile", "-NonInteractive", "-Command", $"Import-Module '{Repository.Manifest}'; {command}"];

    /// <summary>Gets the arguments that run a script file with neither a profile nor a prompt.</summary>
    /// <param name="path">The script, which imports the module itself.</param>
    /// <param name="arguments">The arguments of the script.</param>
    public static string[] File(string path, params IEnumerable<string> arguments) =>
        ["-NoProfile", "-NonInteractive", "-File", path, .. arguments];

    /// <summary>Runs a command with the module to its end.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="patience">How long it may take, where that is longer than <see cref="ChildProcess.Patience"/>.</param>
    public static Task<ProcessResult> RunAsync(string command, TimeSpan? patience = null) =>
        ChildProcess.RunAsync(Path, Command(command), patience: patience);

    /// <summary>Starts a command with the module.</summary>
    /// <param name="command">What to run.</param>
    public static ChildProcess Start(string command) => ChildProcess.Start(Path, Command(command));

    /// <summary>Skips the test where a module is not installed.</summary>
    /// <param name="module">The name of the module.</param>
    /// <param name="minimum">The lowest version that the test can use.</param>
    public static async Task RequireModuleAsync(string module, string minimum)
    {
        ProcessResult found = await ChildProcess.RunAsync(
            Path, ["-NoProfile", "-Command", $"exit [int] -not (Get-Module {module} -ListAvailable | Where-Object Version -GE {minimum})"]);
        Assert.SkipWhen(found.ExitCode != 0, $"The module {module} {minimum} or later is not installed.");
    }

    private static string Find()
    {
        string path = Environment.GetEnvironmentVariable("PSIPC_PWSH") is { Length: > 0 } named
            ? named
            : System.IO.Path.Combine(Repository.Root, "artifacts", "pwsh", Executable);
        return System.IO.File.Exists(path) ? path : throw new InvalidOperationException($"'{path}' does not exist: run 'dotnet build'.");
    }
}
