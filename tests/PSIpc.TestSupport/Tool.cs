using Xunit;

namespace PSIpc.TestSupport;

/// <summary>Programs of the machine that a test wants on the other side.</summary>
public static class Tool
{
    /// <summary>The program's path, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name))
        .FirstOrDefault(File.Exists);

    /// <summary>The program's path; where it is missing, the test is skipped with the Debian package's name.</summary>
    public static string Require(string name, string package)
    {
        string? path = Find(name);
        Assert.SkipWhen(path is null, $"'{name}' is not installed (Debian package {package}).");
        return path;
    }

    /// <summary>Skips the test where the process is not root.</summary>
    public static void RequireRoot() =>
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "This needs root: it acts as another user or in a namespace of its own.");
}
