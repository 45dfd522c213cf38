using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Xunit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace PSIpc.Tests;

/// <summary>References between the namespaces of the library run one way: docs/contributing/architecture.md has the picture.</summary>
public sealed class ArchitectureTests
{
    private static readonly Architecture s_library = new ArchLoader().LoadAssemblies(typeof(IpcException).Assembly).Build();

    /// <summary>What each part may use beside itself; every part may use the root namespace.</summary>
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        [""] = [],
        ["Interop"] = [],
        ["Procfs"] = ["Interop"],
        ["Objects"] = ["Interop", "Procfs"],
        ["Layout"] = ["Interop", "Procfs"],
        ["Sockets"] = ["Interop", "Procfs"],
        ["Signals"] = ["Interop", "Procfs"],
        ["SharedMemory"] = ["Objects", "Layout", "Signals", "Interop", "Procfs"],
        ["Echo"] = ["Sockets", "Signals", "Interop", "Procfs"],
    };

    public static TheoryData<string> Parts => [.. s_mayUse.Keys];

    public static TheoryData<string, string[]> Siblings => new()
    {
        { "SharedMemory", ["SystemV", "Posix", "Windows"] },
        { "Echo", ["Server", "Client"] },
        { "Echo", ["Server", "Load"] },
    };

    [Fact]
    public void Every_namespace_of_the_library_is_a_known_part() => Assert.Equal(
        s_mayUse.Keys.Order(),
        s_library.Types.Select(type => type.Namespace.FullName)
            .Where(space => space == "PSIpc" || space.StartsWith("PSIpc.", StringComparison.Ordinal))
            .Select(space => space.Split('.').ElementAtOrDefault(1) ?? "")
            .Distinct()
            .Order());

    [Theory]
    [MemberData(nameof(Parts))]
    public void Part_uses_only_the_parts_below_it(string part)
    {
        string[] forbidden = [.. s_mayUse.Keys.Except(["", part, .. s_mayUse[part]])];

        Types().That().ResideInNamespaceMatching(part.Length == 0 ? "^PSIpc$" : InPart(part))
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(InPart([.. forbidden])))
            .Check(s_library);
    }

    [Theory]
    [MemberData(nameof(Siblings))]
    public void Siblings_do_not_know_each_other(string part, string[] siblings)
    {
        foreach (string sibling in siblings)
        {
            string[] others = [.. siblings.Where(other => other != sibling).Select(other => $"{part}.{other}")];
            Types().That().ResideInNamespaceMatching(InPart($"{part}.{sibling}"))
                .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(InPart(others)))
                .Check(s_library);
        }
    }

    [Fact]
    public void Mapped_objects_do_not_know_the_backend_of_files() =>
        Types().That().HaveNameStartingWith("MappedPosix")
            .Should().NotDependOnAny(Types().That().HaveNameMatching("^Posix(Backend|View|Lock)$"))
            .Check(s_library);

    [Fact]
    public void Library_does_not_refer_to_PowerShell() => Assert.DoesNotContain(
        typeof(IpcException).Assembly.GetReferencedAssemblies(), reference =>
            reference.Name!.Contains("Management.Automation", StringComparison.Ordinal));

    private static string InPart(params string[] parts) => $@"^PSIpc\.({string.Join('|', parts.Select(Regex.Escape))})($|\.)";
}
