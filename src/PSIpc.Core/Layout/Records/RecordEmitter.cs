using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
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
            EmitProperty(type, layout.Fields[i].Name, readers[i]?.Type ?? RecordFieldReader.NumberType(layout.Fields[i].Kind));
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
                code.Emit(OpCodes.Call, NumberMethod(field.Kind));
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

    private static MethodInfo NumberMethod(LayoutFieldKind kind) => kind switch
    {
        LayoutFieldKind.Boolean => Method(typeof(RecordEmitter), nameof(ReadBoolean)),
        LayoutFieldKind.Char => Method(typeof(RecordEmitter), nameof(ReadChar)),
        _ => Method(typeof(MemoryMarshal), nameof(MemoryMarshal.Read)).MakeGenericMethod(RecordFieldReader.NumberType(kind)),
    };

    private static MethodInfo Method(Type type, string name) =>
        type.GetMethod(name, BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!;

    private static string FieldName(string name) => $"_{name}";

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> record, int offset) => record[offset..];

    private static bool ReadBoolean(ReadOnlySpan<byte> bytes) => bytes[0] != 0;

    private static char ReadChar(ReadOnlySpan<byte> bytes) => (char)bytes[0];
}
