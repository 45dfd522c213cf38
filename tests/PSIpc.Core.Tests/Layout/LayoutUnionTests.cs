using System.Collections;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Members that share bytes: the changed one is written, and two changes that contradict each other are refused.</summary>
public sealed class LayoutUnionTests
{
    private const string Tyre = "union { struct { int fl, fr, rl, rr; }; int at[4]; } tyre;";

    public static TheoryData<string, string, Action<dynamic>> Changes => new()
    {
        { "a member of an anonymous struct", Tyre, record => record.tyre.fl = 9 },
        { "an element of an array", Tyre, record => record.tyre.at[0] = 9 },
        { "both, to the same value", Tyre, record => { record.tyre.fl = 9; record.tyre.at[0] = 9; } },
        { "an array that was replaced", Tyre, record => record.tyre.at = new[] { 9, 2, 3, 4 } },
        { "an anonymous union", "union { int at[4]; struct { int fl, fr, rl, rr; }; };", record => record.fl = 9 },
        { "an array of unions", "union { int i; unsigned u; float f; } at[4];", record => record.at[0].i = 9 },
        { "a struct in a union", "union { struct { int i[4]; } a; struct { unsigned u[4]; } b; } u;", record => record.u.b.u[0] = 9u },
        {
            "a union in a union",
            "union { union { int i; float f; } a; struct { union { int x; unsigned y; } b[4]; } c; int at[4]; } u;",
            record => record.u.c.b[0].y = 9u
        },
        {
            "a union in a struct in a union",
            "struct s { union { int i; unsigned u; } n; int rest[3]; }; union { int at[4]; struct s s; };",
            record => record.s.n.u = 9u
        },
        { "a member beside a bool and text", "union { int at[4]; struct { bool b; char text[15]; }; };", record => record.at[0] = 9 },
        {
            "a packed member that lies across two",
            "#pragma pack(1)\nunion { struct { char pad[2]; int x; }; int at[4]; };",
            record => record.at[0] = 9
        },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Changed_member_of_a_union_is_written(string what, string declaration, Action<dynamic> change)
    {
        var layout = MemoryLayout.Parse(declaration);
        byte[] bytes = Bytes(1, 2, 3, 4);
        MemoryRecord record = RecordType.Of(layout).Read(bytes);

        change(new Accessor(record));
        new RecordWriter(layout).Write(record, bytes);

        Assert.True(Bytes(9, 2, 3, 4).SequenceEqual(bytes), what);
    }

    [Fact]
    public void Changes_of_different_elements_through_two_members_are_both_written()
    {
        var layout = MemoryLayout.Parse(Tyre);
        byte[] bytes = Bytes(1, 2, 3, 4);
        MemoryRecord record = RecordType.Of(layout).Read(bytes);
        dynamic fields = new Accessor(record);
        fields.tyre.fl = 9;
        fields.tyre.at[3] = 7;

        new RecordWriter(layout).Write(record, bytes);

        Assert.Equal(Bytes(9, 2, 3, 7), bytes);
    }

    public static TheoryData<string, Action<dynamic>> Contradictions => new()
    {
        { Tyre, record => { record.tyre.fl = 9; record.tyre.at[0] = 8; } },
        { "union { struct { int fl, fr, rl, rr; }; int at[4]; };", record => { record.at[0] = 9; record.fl = 8; } },
        { "union { int i; unsigned u; } at[4];", record => { record.at[2].i = 9; record.at[2].u = 8u; } },

        // The bytes could be merged: the number could not be read again as it was set.
        { "union { int i; struct { short low, high; }; int at[4]; };", record => { record.i = 0x0101; record.low = (short)5; } },
        { "union { int i; char text[16]; };", record => { record.i = 9; record.text = "x"; } },
    };

    [Theory]
    [MemberData(nameof(Contradictions), DisableDiscoveryEnumeration = true)]
    public void Two_members_changed_to_different_values_are_refused(string declaration, Action<dynamic> change)
    {
        var layout = MemoryLayout.Parse(declaration);
        byte[] bytes = Bytes(1, 2, 3, 4);
        MemoryRecord record = RecordType.Of(layout).Read(bytes);
        change(new Accessor(record));

        Throws.Ipc(IpcErrorReason.LayoutValueConflict, () => new RecordWriter(layout).Write(record, bytes), "shares its bytes");

        Assert.Equal(Bytes(1, 2, 3, 4), bytes);
    }

    [Fact]
    public void Hashtable_with_members_that_contradict_each_other_is_refused()
    {
        var writer = new RecordWriter(MemoryLayout.Parse(Tyre));
        byte[] bytes = Bytes(1, 2, 3, 4);
        var values = new Hashtable { ["fl"] = 9, ["at"] = new[] { 8 } };

        Throws.Ipc(
            IpcErrorReason.LayoutValueConflict,
            () => writer.Write(new Hashtable { ["tyre"] = values }, bytes),
            "Field 'tyre.",
            "Nothing was written");

        values["at"] = new[] { 9, 7 };
        writer.Write(new Hashtable { ["tyre"] = values }, bytes);
        Assert.Equal(Bytes(9, 7, 3, 4), bytes);
    }

    [Fact]
    public void Union_of_another_record_is_written_as_a_whole()
    {
        const string Inner = "struct tyre { union { struct { int fl, fr, rl, rr; }; int at[4]; }; };";
        var layout = MemoryLayout.Parse($"{Inner} union {{ struct tyre a; int all[4]; }};");
        RecordType type = RecordType.Of(layout);
        MemoryRecord target = type.Read(Bytes(1, 2, 3, 4));
        dynamic other = new Accessor(type.Read(Bytes(5, 6, 7, 8)));
        other.a.fl = 9;
        byte[] bytes = new byte[layout.Size];

        dynamic fields = new Accessor(target);
        fields.a = other.a;
        new RecordWriter(layout).Write(target, bytes);

        Assert.Equal(Bytes(9, 6, 7, 8), bytes);
        fields.all[1] = 1;
        Throws.Ipc(IpcErrorReason.LayoutValueConflict, () => new RecordWriter(layout).Write(target, bytes));
    }

    [Fact]
    public void Bytes_that_no_value_tells_stay_when_another_field_changes()
    {
        var layout = MemoryLayout.Parse("int id; bool flag; char name[11];");
        byte[] bytes = [1, 0, 0, 0, 2, (byte)'a', 0xff, 0, (byte)'r', (byte)'e', (byte)'s', (byte)'t', 0, 0, 0, 0];
        byte[] expected = [7, .. bytes[1..]];
        MemoryRecord record = RecordType.Of(layout).Read(bytes);
        dynamic fields = new Accessor(record);
        fields.id = 7;

        new RecordWriter(layout).Write(record, bytes);
        Assert.Equal(expected, bytes);

        fields.flag = false;
        fields.name = "b";
        new RecordWriter(layout).Write(record, bytes);
        Assert.Equal([7, 0, 0, 0, 0, (byte)'b', .. new byte[10]], bytes);
    }

    [Fact]
    public void Record_of_another_layout_is_written_by_its_values()
    {
        var target = MemoryLayout.Parse("char name[8]; int id;");
        byte[] bytes = new byte[target.Size];

        MemoryRecord record = RecordType.Of(MemoryLayout.Parse("int id; char name[8];")).Read([5, 0, 0, 0, .. "text"u8, 0, 1, 1, 1]);
        new RecordWriter(target).Write(record, bytes);

        Assert.Equal([.. "text"u8, 0, 0, 0, 0, 5, 0, 0, 0], bytes);
    }

    private static byte[] Bytes(params int[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    // Reaches the properties of a record as a script does, whose binder sees the types that were made at run time.
    private sealed class Accessor(object target) : System.Dynamic.DynamicObject
    {
        private object Target { get; } = target;

        public override bool TryGetMember(System.Dynamic.GetMemberBinder binder, out object? result)
        {
            result = Wrap(Target.GetType().GetProperty(binder.Name)!.GetValue(Target));
            return true;
        }

        public override bool TrySetMember(System.Dynamic.SetMemberBinder binder, object? value)
        {
            Target.GetType().GetProperty(binder.Name)!.SetValue(Target, value is Accessor record ? record.Target : value);
            return true;
        }

        public override bool TryGetIndex(System.Dynamic.GetIndexBinder binder, object[] indexes, out object? result)
        {
            result = Wrap(((Array)Target).GetValue((int)indexes[0]));
            return true;
        }

        public override bool TrySetIndex(System.Dynamic.SetIndexBinder binder, object[] indexes, object? value)
        {
            ((Array)Target).SetValue(value, (int)indexes[0]);
            return true;
        }

        private static object? Wrap(object? value) => value is MemoryRecord or Array ? new Accessor(value) : value;
    }
}
