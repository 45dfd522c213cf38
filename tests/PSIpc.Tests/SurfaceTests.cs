using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>What scripts depend on: parameters, outputs, error IDs, and the labels of tables.</summary>
public sealed partial class SurfaceTests
{
    private static readonly string[] ErrorSources = ["src/PSIpc", "src/PSIpc.Core"];

    [Fact]
    public void Surface_of_the_cmdlets_is_the_one_that_was_decided()
    {
        using var engine = new Engine();
        CmdletInfo[] cmdlets =
        [
            .. engine.Invoke("Get-Command -Module PSIpc -CommandType Cmdlet").Output
                .Select(item => (CmdletInfo)item.BaseObject)
                .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal),
        ];
        IEnumerable<Type> outputs = cmdlets
            .SelectMany(cmdlet => cmdlet.OutputType)
            .Select(output => output.Type)
            .Where(type => type.Assembly.GetName().Name!.StartsWith("PSIpc", StringComparison.Ordinal))
            .Distinct()
            .OrderBy(type => type.FullName, StringComparer.Ordinal);
        IEnumerable<XElement> formats = XDocument.Load(Path.Combine(Repository.Root, "bin", "PSIpc.Format.ps1xml")).Descendants("View");
        string[] lines =
        [
            .. cmdlets.SelectMany(Describe),
            .. outputs.SelectMany(type => Section(type.FullName!, Members(type))),
            .. Section("Error IDs", ErrorIds(cmdlets[0].ImplementingType)),
            .. formats.SelectMany(view => Section(
                $"Format {view.Element("Name")!.Value}", view.Descendants("Label").Select(label => label.Value))),
        ];

        Snapshot.Matches("Cmdlets.txt", string.Concat(lines.Select(line => $"{line}\n")));
    }

    private static IEnumerable<string> Section(string title, IEnumerable<string> lines) => [title, .. lines.Select(line => $"  {line}")];

    private static IEnumerable<string> Describe(CmdletInfo cmdlet) => Section(
        $"{cmdlet.Name} -> {string.Join(", ", cmdlet.OutputType.Select(output => output.Name))}",
        cmdlet.ParameterSets
            .OrderBy(set => set.Name, StringComparer.Ordinal)
            .SelectMany(set => Section($"set {set.Name}{(set.IsDefault ? " (default)" : "")}", Parameters(set))));

    private static IEnumerable<string> Parameters(CommandParameterSetInfo set) => set.Parameters
        .Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name))
        .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
        .Select(parameter => $"-{parameter.Name} {parameter.ParameterType}{string.Concat(Traits(parameter))}");

    private static IEnumerable<string> Members(Type type) => type.IsEnum
        ? type.GetEnumNames()
        : type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .OrderBy(property => property.Name, StringComparer.Ordinal)
            .Select(property => $"{property.Name} {property.PropertyType}");

    private static IEnumerable<string> Traits(CommandParameterInfo parameter)
    {
        if (parameter.IsMandatory)
        {
            yield return " mandatory";
        }

        if (parameter.Position >= 0)
        {
            yield return $" position {parameter.Position}";
        }

        if (parameter.ValueFromPipeline)
        {
            yield return " pipeline";
        }

        if (parameter.ValueFromPipelineByPropertyName)
        {
            yield return " pipeline-property";
        }

        if (parameter.Aliases.Count > 0)
        {
            yield return $" alias {string.Join(", ", parameter.Aliases.Order(StringComparer.Ordinal))}";
        }
    }

    // The cmdlets have a few IDs of their own, which stand as literals where the errors are made.
    private static IEnumerable<string> ErrorIds(Type cmdlet) => Enum
        .GetNames(Array.Find(cmdlet.Assembly.GetReferencedAssemblies(), name => name.Name == "PSIpc.Core") is { } core
            ? Assembly.Load(core).GetTypes().Single(type => type.Name == "IpcErrorReason")
            : throw new InvalidOperationException("The module does not refer to the library."))
        .Concat(ErrorSources
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => ErrorId().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)))
        .Distinct()
        .Order(StringComparer.Ordinal);

    [GeneratedRegex("""new ErrorRecord\([^;]*?"([A-Z][A-Za-z]+)",""", RegexOptions.Singleline)]
    private static partial Regex ErrorId();
}
