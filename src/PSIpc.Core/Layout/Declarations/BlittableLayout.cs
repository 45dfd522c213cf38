using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using PSIpc.Layout.Records;

namespace PSIpc.Layout.Declarations;

/// <summary>The layout of a .NET struct, as the runtime itself places its fields. Only blittable ones have the same form in C.</summary>
internal static class BlittableLayout
{
    private const int MaximumDepth = 32;

    internal static MemoryLayout Of(Type type, int depth = 0)
    {
        CheckType(type);
        if (depth > MaximumDepth)
        {
            throw new IpcException(IpcErrorReason.LayoutTooLarge, $"The struct {type} nests deeper than {MaximumDepth} levels.");
        }

        ImmutableArray<LayoutField>.Builder fields = ImmutableArray.CreateBuilder<LayoutField>();
        LayoutValues values = default;
        int alignment = 1;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            LayoutType fieldType = FieldType(field, depth);
            alignment = Math.Max(alignment, fieldType.Alignment);
            fields.Add(new(Name(field), OffsetOf(field), fieldType));
            values = values.And(fields[^1]);
            if (values.Excess is { } excess)
            {
                throw new IpcException(IpcErrorReason.LayoutTooLarge, $"With the field '{Name(field)}' of {type} {excess}.");
            }
        }

        if (fields.Count == 0)
        {
            throw Refused($"The struct {type} has no fields");
        }

        // Pack 0 is the default of 8; explicit fields are free of it, and their struct is not.
        int pack = type.StructLayoutAttribute!.Pack;
        alignment = Math.Min(alignment, pack == 0 ? sizeof(long) : pack);
        return new(type.Name, SizeOf(type), alignment, fields.ToImmutable()) { SourceType = type };
    }

    private static void CheckType(Type type)
    {
        if (!type.IsValueType || type.IsPrimitive || type.IsEnum || type.IsByRefLike || type.ContainsGenericParameters
            || type.IsDefined(typeof(InlineArrayAttribute)))
        {
            throw Refused($"{type} is no struct that has fields of its own");
        }

        if (type.IsAutoLayout)
        {
            throw Refused(
                $"The struct {type} leaves the order of its fields to the runtime: mark it with [StructLayout(LayoutKind.Sequential)]");
        }
    }

    private static LayoutType FieldType(FieldInfo field, int depth)
    {
        if (field.GetCustomAttribute<FixedBufferAttribute>() is { } buffer)
        {
            return (Number(buffer.ElementType) ?? throw NotBlittable(field, buffer.ElementType)).Array(buffer.Length, default);
        }

        return TypeOf(field.FieldType, field, depth);
    }

    private static LayoutType TypeOf(Type type, FieldInfo field, int depth)
    {
        if (Number(type) is { } number)
        {
            return number;
        }

        if (!type.IsValueType || type.IsPrimitive || type == typeof(decimal))
        {
            throw NotBlittable(field, type);
        }

        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array)
        {
            FieldInfo element = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)[0];
            return TypeOf(element.FieldType, field, depth + 1).Array(array.Length, default);
        }

        return type.IsAutoLayout ? throw NotBlittable(field, type) : LayoutType.Structure(type.ToString(), Of(type, depth + 1));
    }

    // bool and char are left out: they have one form in .NET and another in C.
    private static LayoutType? Number(Type type) =>
        ScalarType.Of(type) is { IsBlittable: true, Kind: { } kind } ? LayoutType.Number(type.ToString(), kind) : null;

    // A property's own field is called <Name>k__BackingField.
    private static string Name(FieldInfo field) =>
        field.Name.StartsWith('<') && field.Name.IndexOf('>') is var end and > 1 ? field.Name[1..end] : field.Name;

    // Marshal.OffsetOf knows neither generic structs nor inline arrays; the address of a field knows all of them.
    private static int OffsetOf(FieldInfo field)
    {
        var method = new DynamicMethod("Offset", typeof(int), [], typeof(BlittableLayout).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        LocalBuilder value = code.DeclareLocal(field.DeclaringType!);
        code.Emit(OpCodes.Ldloca, value);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Ldloca, value);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Conv_I4);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }

    private static int SizeOf(Type type)
    {
        var method = new DynamicMethod("Size", typeof(int), [], typeof(BlittableLayout).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        code.Emit(OpCodes.Sizeof, type);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }

    private static IpcException NotBlittable(FieldInfo field, Type type) => Refused(
        $"The field '{Name(field)}' of {field.DeclaringType} is a {type}, which is not blittable: C has no such value, or another form of "
            + $"it{Instead(type)}");

    private static string Instead(Type type) =>
        type == typeof(bool) ? "; a byte has the form of C's bool"
        : type == typeof(char) || type == typeof(string) ? "; a fixed buffer of bytes holds text"
        : type.IsPointer || type.IsFunctionPointer ? "; nuint has the bits of a pointer"
        : "";

    private static IpcException Refused(string what) => new(IpcErrorReason.LayoutTypeUnsupported, $"{what}.");
}
