using System.Collections;
using System.Globalization;
using System.Text;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class LayoutRecordTests
{
    private const string Everything = """
        struct point { int32_t x, y; };
        struct everything {
            bool flag; char letter; unsigned char tiny; int8_t negative; int16_t small; uint16_t port; int32_t id; uint32_t mask; int64_t big; uint64_t huge;
            float ratio; double value; char name[8]; char words[2][4]; int grid[2][3]; bool bits[3];
            struct point at, path[2]; union { int32_t i; float f; };
        };
        """;

    private static readonly MemoryLayout Layout = MemoryLayout.Parse(Everything);

    [Fact]
    public async Task A_record_of_a_C_program_is_read_and_one_of_ours_is_read_by_C()
    {
        string program = CProgram.CompileText("record", $$"""
            #include <stdbool.h>
            #include <stdint.h>
            #include <stdio.h>
            #include <string.h>
            {{Everything}}
            int main(int argc, char **argv)
            {
                struct everything e = {
                    .flag = true, .letter = 'x', .tiny = 255, .negative = -128, .small = -32768, .port = 65535, .id = -1, .mask = 0xffffffff,
                    .big = INT64_MIN, .huge = UINT64_MAX, .ratio = 1.5f, .value = -0.1, .name = "12345678", .words = { "ab", "cdef" },
                    .grid = { { 1, 2, 3 }, { 4, 5, 6 } }, .bits = { true, false, true }, .at = { 7, 8 }, .path = { { 9, 10 }, { 11, 12 } }, .f = 1.0f };
                unsigned char *bytes = (unsigned char *)&e;
                if (argc > 1)
                {
                    for (size_t i = 0; i < sizeof e; i++) scanf("%2hhx", bytes + i);
                    printf("%d %c %d %d %d %d %d %u %lld %llu %g %g %.8s %.4s %.4s %d %d %d %d %d\n", e.flag, e.letter, e.tiny, e.negative, e.small, e.port, e.id,
                        e.mask, (long long)e.big, (unsigned long long)e.huge, e.ratio, e.value, e.name, e.words[0], e.words[1], e.grid[1][2], e.bits[2], e.at.y, e.path[1].x, e.i);
                }
                else
                {
                    for (size_t i = 0; i < sizeof e; i++) printf("%02x", bytes[i]);
                }
            }
            """);

        byte[] bytes = Convert.FromHexString((await ChildProcess.RunAsync(program, [])).Output.Trim());
        MemoryRecord record = RecordType.Of(Layout).Read(bytes);
        Assert.Equal(
            "@{flag=True; letter=x; tiny=255; negative=-128; small=-32768; port=65535; id=-1; mask=4294967295; big=-9223372036854775808; huge=18446744073709551615; "
            + "ratio=1.5; value=-0.1; name=12345678; words={ab, cdef}; grid={{1, 2, 3}, {4, 5, 6}}; bits={True, False, True}; at=@{x=7; "
                + "y=8}; "
            + "path={@{x=9; y=10}, @{x=11; y=12}}; i=1065353216; f=1}",
            record.ToString());

        bytes.AsSpan().Clear();
        Write(
            new()
            {
                ["flag"] = 1,
                ["letter"] = "y",
                ["tiny"] = 200,
                ["negative"] = -5,
                ["small"] = "-300",
                ["port"] = 8080L,
                ["id"] = 2.0,
                ["mask"] = "0xff",
                ["big"] = -6m,
                ["huge"] = ulong.MaxValue,
                ["ratio"] = 0.25m,
                ["value"] = "1.5",
                ["name"] = "abc",
                ["words"] = new[] { "q", "rstu" },
                ["grid"] = new[,] { { 1, 2, 3 }, { 4, 5, 60 } },
                ["bits"] = new ArrayList { false, 0, true },
                ["at"] = new Hashtable { ["Y"] = 80 },
                ["path"] = new object[] { new { x = 1, y = 2 }, new { x = 3, y = 4 } },
                ["i"] = 99,
            },
            bytes);
        ProcessResult result = await ChildProcess.RunAsync(program, ["read"], Convert.ToHexString(bytes));
        Assert.Equal("1 y 200 -5 -300 8080 2 255 -6 18446744073709551615 0.25 1.5 abc q rstu 60 1 80 3 99", result.Output.Trim());
    }

    [Fact]
    public void Only_the_bytes_of_given_fields_change()
    {
        byte[] bytes = Enumerable.Repeat((byte)0xee, Layout.Size).ToArray();
        byte[] expected = [.. bytes];
        int offset = Layout.Fields.Single(field => field.Name == "at").Offset + 4;
        int grid = Layout.Fields.Single(field => field.Name == "grid").Offset;
        expected.AsSpan(offset, 4).Clear();
        expected.AsSpan(grid, 8).Clear();

        Write(new() { ["at"] = new Hashtable { ["y"] = 0 }, ["grid"] = new[] { new[] { 0, 0 } } }, bytes);

        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void Text_fills_its_array_and_ends_at_the_first_NUL()
    {
        byte[] bytes = Enumerable.Repeat((byte)'z', Layout.Size).ToArray();
        Assert.Equal("zzzzzzzz", Property(RecordType.Of(Layout).Read(bytes), "name"));

        Write(new() { ["name"] = "ab", ["words"] = new[] { "éé" } }, bytes);

        Assert.Equal("ab", Property(RecordType.Of(Layout).Read(bytes), "name"));
        Assert.Equal(["éé", "zzzz"], (string[])Property(RecordType.Of(Layout).Read(bytes), "words")!);
        Assert.Equal([97, 98, 0, 0, 0, 0, 0, 0], bytes.AsSpan(Layout.Fields.Single(field => field.Name == "name").Offset, 8).ToArray());
    }

    [Theory]
    [InlineData("utf-16", "abcd", "abcde")]
    [InlineData("utf-32", "ab", "abc")]
    [InlineData("iso-8859-1", "éééééééé", "ééééééééé")]
    [InlineData("utf-8", "éééé", "ééééé")]
    public void Text_has_the_encoding_asked_for(string name, string fits, string tooLong)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] bytes = new byte[Layout.Size];
        var writer = new RecordWriter(Layout, encoding);

        foreach (string text in new[] { fits, "a", "" })
        {
            writer.Write(new Hashtable { ["name"] = text }, bytes);
            Assert.Equal(text, Property(RecordType.Of(Layout).Read(bytes, encoding), "name"));
        }

        Throws.Ipc(
            IpcErrorReason.LayoutValueOutOfRange, () => writer.Write(new Hashtable { ["name"] = tooLong }, bytes), "field 'name'", "8");
    }

    public static TheoryData<string, object?, IpcErrorReason, string> Bad => new()
    {
        { "nothing", 1, IpcErrorReason.LayoutFieldNotFound, "'nothing' is no field of the layout: its fields are flag, letter" },
        { "at", new Hashtable { ["z"] = 1 }, IpcErrorReason.LayoutFieldNotFound, "'z' is no field of field 'at': its fields are x, y." },
        { "tiny", 256, IpcErrorReason.LayoutValueOutOfRange, "The number does not fit in field 'tiny': unsigned char goes from 0 to 255" },
        { "tiny", -1, IpcErrorReason.LayoutValueOutOfRange, "from 0 to 255" },
        { "negative", -129, IpcErrorReason.LayoutValueOutOfRange, "from -128 to 127" },
        { "id", 2147483648, IpcErrorReason.LayoutValueOutOfRange, "from -2147483648 to 2147483647" },
        { "huge", -1, IpcErrorReason.LayoutValueOutOfRange, "from 0 to 18446744073709551615" },
        { "big", 9223372036854775808, IpcErrorReason.LayoutValueOutOfRange, "from -9223372036854775808 to 9223372036854775807" },
        { "letter", 256, IpcErrorReason.LayoutValueOutOfRange, "field 'letter'" },
        { "letter", "한", IpcErrorReason.LayoutValueOutOfRange, "field 'letter'" },
        { "letter", "ab", IpcErrorReason.LayoutValueInvalid, "one character" },
        { "id", 1.5, IpcErrorReason.LayoutValueInvalid, "Field 'id' expects a whole number, and was given 1.5" },
        { "id", 1.5m, IpcErrorReason.LayoutValueInvalid, "1.5" },
        { "id", double.NaN, IpcErrorReason.LayoutValueInvalid, "NaN" },
        { "id", "1,000", IpcErrorReason.LayoutValueInvalid, "a text" },
        { "id", "secret", IpcErrorReason.LayoutValueInvalid, "was given a text." },
        { "id", null, IpcErrorReason.LayoutValueInvalid, "null" },
        { "id", new int[1], IpcErrorReason.LayoutValueInvalid, "System.Int32[]" },
        { "value", "1,5", IpcErrorReason.LayoutValueInvalid, "expects a number" },
        { "value", "1e999", IpcErrorReason.LayoutValueInvalid, "expects a number" },
        { "ratio", 1e39, IpcErrorReason.LayoutValueOutOfRange, "float goes from" },
        { "flag", "maybe", IpcErrorReason.LayoutValueInvalid, "expects true" },
        { "name", "123456789", IpcErrorReason.LayoutValueOutOfRange, "9 bytes does not fit in field 'name', which has 8" },
        { "name", "a\0b", IpcErrorReason.LayoutValueInvalid, "index 1" },
        { "name", 5, IpcErrorReason.LayoutValueInvalid, "expects text" },
        { "name", "\ud800", IpcErrorReason.SharedMemoryValueNotEncodable, "field 'name'" },
        { "words", new[] { "a", "b", "c" }, IpcErrorReason.LayoutValueOutOfRange, "field 'words', which has 2 elements" },
        { "words", new[] { "a", "12345" }, IpcErrorReason.LayoutValueOutOfRange, "field 'words[1]', which has 4" },
        { "grid", new[] { new[] { 1, 2, 3, 4 } }, IpcErrorReason.LayoutValueOutOfRange, "field 'grid[0]', which has 3 elements" },
        { "grid", new[] { 1, 2 }, IpcErrorReason.LayoutValueInvalid, "Field 'grid[0]' expects a list" },
        { "grid", 1, IpcErrorReason.LayoutValueInvalid, "at most 2 elements" },
        { "path", new object[] { new Hashtable(), new Hashtable { ["x"] = "q" } }, IpcErrorReason.LayoutValueInvalid, "Field 'path[1].x'" },
        { "at", 5, IpcErrorReason.LayoutValueInvalid, "a hashtable or an object" },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void A_value_that_does_not_fit_is_refused_and_nothing_is_written(string name, object? value, IpcErrorReason reason, string words)
    {
        byte[] bytes = Enumerable.Repeat((byte)0xee, Layout.Size).ToArray();
        byte[] before = [.. bytes];

        Throws.Ipc(
            reason,
            () => new RecordWriter(Layout).Write(new Dictionary<string, object?> { ["mask"] = 1, [name] = value }, bytes),
            words,
            "Nothing was written");

        Assert.Equal(before, bytes);
    }

    [Fact]
    public void What_is_no_record_is_refused()
    {
        foreach (object? value in new object?[] { null, 5, "x", new[] { 1 } })
        {
            Throws.Ipc(
                IpcErrorReason.LayoutValueInvalid,
                () => new RecordWriter(Layout).Write(value, new byte[Layout.Size]),
                "The record expects");
        }

        Assert.Throws<ArgumentException>(() => new RecordWriter(Layout).Write(new Hashtable(), new byte[Layout.Size - 1]));
        Assert.Throws<ArgumentException>(() => RecordType.Of(Layout).Read(new byte[Layout.Size - 1]));
    }

    [Fact]
    public void Numbers_are_the_same_in_every_culture()
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            byte[] bytes = new byte[Layout.Size];
            Write(new() { ["value"] = "1.5", ["ratio"] = "2.5" }, bytes);
            Assert.Equal(1.5, Property(RecordType.Of(Layout).Read(bytes), "value"));
            Assert.Contains("ratio=2.5", RecordType.Of(Layout).Read(bytes).ToString(), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void NaN_and_infinity_stay_what_they_are()
    {
        byte[] bytes = new byte[Layout.Size];
        foreach (double number in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0 })
        {
            Write(new() { ["value"] = number, ["ratio"] = number }, bytes);
            MemoryRecord record = RecordType.Of(Layout).Read(bytes);
            Assert.Equal(number, Property(record, "value"));
            Assert.Equal((float)number, Property(record, "ratio"));
        }
    }

    [Fact]
    public void Wrapped_values_are_unwrapped_at_every_level()
    {
        byte[] bytes = new byte[Layout.Size];
        var writer = new RecordWriter(Layout, unwrap: value => value is Lazy<object> wrapper ? wrapper.Value : value);

        writer.Write(
            Wrap(new Hashtable { ["path"] = Wrap(new[] { Wrap(new Hashtable { ["x"] = Wrap(5) }) }), ["name"] = Wrap("n") }), bytes);

        Assert.Contains("path={@{x=5; y=0}, @{x=0; y=0}}", RecordType.Of(Layout).Read(bytes).ToString(), StringComparison.Ordinal);

        static Lazy<object> Wrap(object value) => new(() => value);
    }

    [Fact]
    public void A_record_can_be_changed_and_written_back()
    {
        byte[] bytes = new byte[Layout.Size];
        MemoryRecord record = RecordType.Of(Layout).Read(bytes);
        record.GetType().GetProperty("id")!.SetValue(record, 42);

        new RecordWriter(Layout).Write(record, bytes);

        Assert.Equal(42, Property(RecordType.Of(Layout).Read(bytes), "id"));
    }

    [Fact]
    public void Layouts_with_the_same_fields_have_one_type()
    {
        Type type = RecordType.Of(MemoryLayout.Parse("struct same { int a; struct { char b[3]; } c; };")).Type;

        Assert.Same(type, RecordType.Of(MemoryLayout.Parse("struct same { /* again */ int32_t a; struct { char b[3]; } c; };")).Type);
        Assert.NotSame(type, RecordType.Of(MemoryLayout.Parse("struct same { int a; struct { char b[4]; } c; };")).Type);
        Assert.NotSame(type, RecordType.Of(MemoryLayout.Parse("struct other { int a; struct { char b[3]; } c; };")).Type);
        Assert.Equal(["a", "c"], type.GetProperties().Select(property => property.Name));
    }

    [Fact]
    public void Names_that_PowerShell_cannot_tell_apart_are_refused() =>
        Throws.Ipc(IpcErrorReason.LayoutUnsupported, () => RecordType.Of(MemoryLayout.Parse("int a, A;")), "'a'", "'A'");

    [Fact]
    public void Names_that_NET_has_meanings_for_are_only_names()
    {
        MemoryLayout layout = MemoryLayout.Parse("int ToString, GetType, get_a, a, _a, Equals, Properties;");

        Assert.Equal(
            "@{ToString=1; GetType=0; get_a=0; a=0; _a=0; Equals=0; Properties=0}",
            RecordType.Of(layout).Read((byte[])[1, .. new byte[27]]).ToString());
    }

    [Fact]
    public void The_largest_declaration_has_a_type_in_bounded_time()
    {
        string text = string.Concat(Enumerable.Range(0, 6_500).Select(i => string.Create(CultureInfo.InvariantCulture, $"int f{i};")));
        MemoryLayout layout = MemoryLayout.Parse(text);

        Assert.Equal(6_500, RecordType.Of(layout).Read(new byte[layout.Size]).Properties().Count());

        // Doubling at every level, up to as many values as a record may have: a level has one type, and is not written out.
        string doubling = "struct s0 { char c; };" + string.Concat(Enumerable.Range(1, 18).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"struct s{i} {{ struct s{i - 1} a, b; }};")));
        layout = MemoryLayout.Parse(doubling);
        Assert.Equal(2, RecordType.Of(layout).Read(new byte[layout.Size]).Properties().Count());
    }

    private static void Write(Dictionary<string, object?> values, byte[] bytes) => new RecordWriter(Layout).Write(values, bytes);

    private static object? Property(MemoryRecord record, string name) => record.GetType().GetProperty(name)!.GetValue(record);
}
