using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>References between the folders of the library run one way, and a backend knows no other backend.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] Lowest = ["Interop", "Procfs"];
    private static readonly string[] Shared = [.. Lowest, "Objects", "Layout", "Sockets", "Signals"];

    private static readonly string Library = Path.Combine(Repository.Root, "src", "PSIpc.Core");

    // Records read and write a view of shared memory themselves.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Interop"] = [],
        ["Procfs"] = ["Interop"],
        ["Objects"] = Lowest,
        ["Layout"] = [.. Lowest, "SharedMemory"],
        ["Sockets"] = Lowest,
        ["Signals"] = Lowest,
        ["SharedMemory"] = Shared,
        ["Echo"] = Shared,
    };

    [Fact]
    public void Folders_refer_only_to_those_below() =>
        Assert.All(Allowed, folder => Assert.All(Sources(folder.Key), file =>
        {
            MatchCollection names = Regex.Matches(File.ReadAllText(file), @"\bPSIpc\.([A-Z]\w+)(?=[.;])");
            IEnumerable<string> others = names.Select(name => name.Groups[1].Value).Where(name => name != folder.Key && Allowed.ContainsKey(name));
            Assert.Empty(others.Except(folder.Value));
        }));

    [Theory]
    [InlineData("SystemV")]
    [InlineData("Posix")]
    [InlineData("Windows")]
    public void Backend_knows_no_other_backend(string kind) =>
        Assert.All(Sources(Path.Combine("SharedMemory", kind)), file =>
        {
            string text = File.ReadAllText(file);
            string own = Path.GetFileName(file).StartsWith("Mapped", StringComparison.Ordinal) ? "MappedPosixBackend" : $"{kind}Backend";
            Assert.All(["SystemVBackend", "PosixBackend", "MappedPosixBackend", "WindowsBackend"], backend =>
                Assert.True(backend == own || !Regex.IsMatch(text, $@"\b{backend}\b"), $"{file} refers to {backend}."));
        });

    private static string[] Sources(string folder) =>
        Directory.GetFiles(Path.Combine(Library, folder), "*.cs", SearchOption.AllDirectories);
}
