using System.Collections;
using System.Management.Automation;
using System.Reflection;
using PSIpc.Layout;

namespace PSIpc.Commands;

/// <summary>The last word of a layout: a type of C; or, where nothing else is typed, the name of a struct made in this session.</summary>
public sealed class LayoutCompleter : Completer
{
    private static readonly string[] CTypes = [.. MemoryLayout.TypeNames, "unsigned", "struct", "union"];

    private protected override IEnumerable<CompletionResult> Complete(string word, IDictionary bound)
    {
        string text = word.Trim('\'', '"');
        int start = text.LastIndexOfAny([' ', ';', '{', '\n', '\t']) + 1;
        string before = text[..start];
        string begun = text[start..];

        // After a type comes the name of the field, which is for the user to find.
        bool expectsType = before.TrimEnd() is "" or [.., ';' or '{'];
        IEnumerable<CompletionResult> types = CTypes
            .Where(type => expectsType && type.StartsWith(begun, StringComparison.Ordinal))
            .Select(type => new CompletionResult($"'{before}{type} ", type, CompletionResultType.ParameterValue, Describe(type)));
        IEnumerable<CompletionResult> structs = before.Length > 0 ? [] : Structs()
            .Where(type => type.Name.StartsWith(begun.TrimStart('['), StringComparison.OrdinalIgnoreCase))
            .Select(type => Result(type.FullName!, $"struct of "
                + $"{type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length} fields"));
        return structs.Concat(types);
    }

    private static string Describe(string type) => type is "struct" or "union"
        ? $"a nested {type}: {type} {{ … }} name;"
        : $"{MemoryLayout.Parse($"{type} x;").Size} bytes";

    // What Add-Type makes is loaded from memory; PowerShell's own classes are no structs.
    private static IEnumerable<Type> Structs() => AppDomain.CurrentDomain.GetAssemblies()
        .Where(assembly => !assembly.IsDynamic && assembly.Location.Length == 0)
        .SelectMany(assembly => assembly.GetExportedTypes())
        .Where(type => type is { IsValueType: true, IsEnum: false, IsGenericType: false });
}
