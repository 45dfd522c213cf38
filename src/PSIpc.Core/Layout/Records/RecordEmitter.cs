using System.Reflection;
using System.Reflection.Emit;
using System.Text;

namespace PSIpc.Layout.Records;

/// <summary>Makes a record of bytes.</summary>
internal delegate MemoryRecord RecordFactory(ReadOnlySpan<byte> record, Encoding encoding);

/// <summary>Writes the type of a layout's records, and the code that reads them.</summary>
internal static class RecordEmitter
{
    private static readonly Type[] FactoryParameters = [typeof(RecordFieldReader[]), typeof(ReadOnlySpan<byte>), typeof(Encoding)];

    internal static (Type Type, RecordFactory Factory) Emit(MemoryLayout layout, RecordAssembly assembly)
    {
        var readers = layout.Fields.Select(field => RecordFieldReader.For(field, assembly)).ToArray();
        Type type = EmitType(layout, readers, assembly);
        return (type, EmitFactory(layout, type, readers));
    }

    private static Type EmitType(MemoryLayout layout, RecordFieldReader?[] readers, RecordAssembly assembly)
    {
        TypeBuilder type = assembly.DefineType(layout.Name);
        for (int i = 0; i < readers.Length; i++)
        {
            EmitProperty(type, layout.Fields[i].Name, readers[i]?.Type ?? ScalarType.Of(layout.Fields[i].Kind).Type);
        }

        type.DefineDefaultConstructor(MethodAttributes.Public);
        return type.CreateType();
    }

    private static void EmitProperty(TypeBuilder type, string name, Type valueType)
    {
        const MethodAttributes Accessor = MethodAttributes.Public | MethodAttributes.SpecialName | MethodAttributes.HideBySig;
        FieldBuilder field = type.DefineField(FieldName(name), valueType, FieldAttributes.Private);
        PropertyBuilder property = type.DefineProperty(name, PropertyAttributes.None, valueType, null);

        MethodBuilder getter = type.DefineMethod($"get_{name}", Accessor, valueType, null);
        ILGenerator code = getter.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, field);
        code.Emit(OpCodes.Ret);
        property.SetGetMethod(getter);

        MethodBuilder setter = type.DefineMethod($"set_{name}", Accessor, null, [valueType]);
        code = setter.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Stfld, field);
        code.Emit(OpCodes.Ret);
        property.SetSetMethod(setter);
    }

    private static RecordFactory EmitFactory(MemoryLayout layout, Type type, RecordFieldReader?[] readers)
    {
        var method = new DynamicMethod("Read", typeof(MemoryRecord), FactoryParameters, typeof(RecordEmitter).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic).ToDictionary(static field => field.Name);
        code.Emit(OpCodes.Newobj, type.GetConstructor(Type.EmptyTypes)!);
        for (int i = 0; i < readers.Length; i++)
        {
            LayoutField field = layout.Fields[i];
            code.Emit(OpCodes.Dup);
            if (readers[i] is { } reader)
            {
                code.Emit(OpCodes.Ldarg_0);
                code.Emit(OpCodes.Ldc_I4, i);
                code.Emit(OpCodes.Ldelem_Ref);
                EmitSlice(code, field.Offset);
                code.Emit(OpCodes.Ldarg_2);
                code.Emit(OpCodes.Callvirt, Method(typeof(RecordFieldReader), nameof(RecordFieldReader.Read)));
                code.Emit(OpCodes.Castclass, reader.Type);
            }
            else
            {
                EmitSlice(code, field.Offset);
                code.Emit(OpCodes.Call, ScalarType.Of(field.Kind).ReadMethod);
            }

            code.Emit(OpCodes.Stfld, fields[FieldName(field.Name)]);
        }

        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<RecordFactory>(readers);
    }

    private static void EmitSlice(ILGenerator code, int offset)
    {
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldc_I4, offset);
        code.Emit(OpCodes.Call, Method(typeof(RecordEmitter), nameof(From)));
    }

    private static MethodInfo Method(Type type, string name) =>
        type.GetMethod(name, BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!;

    private static string FieldName(string name) => $"_{name}";

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> record, int offset) => record[offset..];
}

/// <summary>Record types that are made together: an assembly, which the runtime unloads when no record and no layout uses it.</summary>
/// <remarks>
/// The types of a layout's structs are in the assembly of the layout's own type: a property whose type is of another collectible assembly
/// ends the process under .NET 8 and 9. An assembly costs far more than a type, so an assembly has many types.
/// </remarks>
internal sealed class RecordAssembly
{
    private const string Name = "PSIpc.Records";
    private const int MaximumTypes = 128;

    private static readonly object Gate = new();
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
        lock (Gate)
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
