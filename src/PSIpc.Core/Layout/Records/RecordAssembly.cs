using System.Reflection;
using System.Reflection.Emit;

namespace PSIpc.Layout.Records;

/// <summary>Record types that are made together: an assembly, which the runtime unloads when no record and no layout uses it.</summary>
/// <remarks>
/// The types of a layout's structs are in the assembly of the layout's own type: a property whose type is of another collectible assembly
/// ends the process under .NET 8 and 9. An assembly costs far more than a type, so an assembly has many types.
/// </remarks>
internal sealed class RecordAssembly
{
    private const string Name = "PSIpc.Records";
    private const int MaximumTypes = 128;

    private static readonly object s_lock = new();
    private static RecordAssembly s_current = new();

    // Collectible: a script may go through any number of layouts.
    private readonly ModuleBuilder _module = AssemblyBuilder
        .DefineDynamicAssembly(new AssemblyName(Name), AssemblyBuilderAccess.RunAndCollect)
        .DefineDynamicModule(Name);

    private readonly Dictionary<string, RecordType> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private RecordAssembly()
    {
    }

    /// <summary>Returns the record type of a layout. When the assembly is full, a new one takes its place.</summary>
    internal static RecordType TypeOf(MemoryLayout layout)
    {
        lock (s_lock)
        {
            if (s_current._types.Count >= MaximumTypes && !s_current._types.ContainsKey(layout.Signature))
            {
                s_current = new();
            }

            return s_current.Find(layout);
        }
    }

    /// <summary>Returns the record type in this assembly of a layout, or of a struct inside a layout.</summary>
    internal RecordType Find(MemoryLayout layout)
    {
        if (!_types.TryGetValue(layout.Signature, out RecordType? type))
        {
            type = new RecordType(layout, this);
            _types.Add(layout.Signature, type);
        }

        return type;
    }

    /// <summary>Begins a type. Of two layouts with the same name, the name of the second type has a number.</summary>
    internal TypeBuilder DefineType(string layoutName)
    {
        string word = string.Concat(layoutName.Select(static letter => char.IsLetterOrDigit(letter) ? letter : '_'));
        string plain = $"{Name}.{(word.Length == 0 ? "Record" : word)}";
        string name = plain;
        for (int number = 2; !_names.Add(name); number++)
        {
            name = $"{plain}_{number}";
        }

        const TypeAttributes Attributes = TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit;
        return _module.DefineType(name, Attributes, typeof(MemoryRecord));
    }
}
