using System.Management.Automation;
using System.Net.NetworkInformation;

namespace PSIpc.Commands;

/// <summary>
/// From which computer and of which type an object is. Remoting marks what it brings with <c>PSComputerName</c>, and serialization,
/// Select-Object, and Export-Csv each put a word before the name of the type.
/// </summary>
internal static class ObjectOrigin
{
    internal const string ComputerName = "PSComputerName";

    private static readonly string[] Prefixes = ["Deserialized.", "Selected.", "CSV:"];

    // Jobs of this machine have the first of these.
    private static readonly string[] LocalNames = ["localhost", ".", "127.0.0.1", "::1", Environment.MachineName];

    /// <summary>Refuses an object of another computer: its IDs, names, and keys mean something else on this one.</summary>
    /// <exception cref="IpcException">It is (<see cref="IpcErrorReason.ObjectFromAnotherComputer"/>).</exception>
    internal static void ThrowIfElsewhere(PSObject given) =>
        ThrowIfElsewhere(given.Properties[ComputerName]?.Value is { } name ? LanguagePrimitives.ConvertTo<string>(name) : null);

    /// <inheritdoc cref="ThrowIfElsewhere(PSObject)"/>
    internal static void ThrowIfElsewhere(string? computerName)
    {
        if (!IsHere(computerName))
        {
            throw new IpcException(
                IpcErrorReason.ObjectFromAnotherComputer,
                $"The object comes from the computer '{computerName}' (PSComputerName), and this is '{Environment.MachineName}'.");
        }
    }

    /// <summary>The name of the object's type, or of the type that it was before it was serialized, selected from, or exported.</summary>
    internal static string TypeName(PSObject given)
    {
        string name = given.TypeNames[0];
        while (Prefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix)
        {
            name = name[prefix.Length..];
        }

        return name;
    }

    /// <summary>Whether it is a custom object, whose properties are what the caller gave it, or a row of a file.</summary>
    internal static bool IsCustom(PSObject given) => TypeName(given) == typeof(PSCustomObject).FullName;

    private static bool IsHere(string? name) =>
        string.IsNullOrEmpty(name) || LocalNames.Contains(name, StringComparer.OrdinalIgnoreCase)
        || string.Equals(
            name, $"{Environment.MachineName}.{IPGlobalProperties.GetIPGlobalProperties().DomainName}", StringComparison.OrdinalIgnoreCase);
}
