using PSIpc.Layout;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class LayoutParserTests
{
    [Theory]
    [InlineData("int32_t id; double value; char name[32];", "id@0:4 value@8:8 name@16:32 =48/8")]
    [InlineData("struct x { int32_t id; double value; };", "id@0:4 value@8:8 =16/8")]
    [InlineData("typedef struct { char c; short s; } pair;", "c@0:1 s@2:2 =4/2")]
    [InlineData("struct p { int x, y; }; struct line { struct p a, b[2]; char c; };", "a@0:8 b@8:16 c@24:1 =28/4")]
    [InlineData("struct p { int x, y; }; struct p a; char c;", "a@0:8 c@8:1 =12/4")]
    [InlineData("int id; union { int i; double d; }; struct { char a; int b; } s;", "id@0:4 i@8:4 d@8:8 s@16:8 =24/8")]
    [InlineData("struct { char c; int i; };", "c@0:1 i@4:4 =8/4")]
    [InlineData("union { char c; int i; };", "c@0:1 i@0:4 =4/4")]
    [InlineData("int a, b[3], m[2][3]; unsigned long long int const volatile x;", "a@0:4 b@4:12 m@16:24 x@40:8 =48/8")]
    [InlineData("#pragma pack(push, 1)\nstruct s { char c; int i; };\n#pragma pack(pop)", "c@0:1 i@1:4 =5/1")]
    [InlineData("#pragma pack(push, 1)\nchar c; int i;\n#pragma pack(pop)", "c@0:1 i@1:4 =5/1")]
    [InlineData("#pragma pack(2)\nchar c;\n#pragma pack(1)\nstruct s { char c; int i; };\n#pragma pack(2)\nint i; struct s s;\n#pragma "
        + "pack()", "c@0:1 i@2:4 s@6:5 =12/2")]
    [InlineData("struct __attribute__((packed)) s { char c; int i; };", "c@0:1 i@1:4 =5/1")]
    [InlineData("struct s { char c; int i __attribute__((aligned(16))); } __attribute__((packed));", "c@0:1 i@16:4 =32/16")]
    [InlineData("char c; _Alignas(8) char d; alignas(double) int i;", "c@0:1 d@8:1 i@16:4 =24/8")]
    [InlineData("#define N 0x10\n#define M (N + 2)\nchar a[N], b[M * 010 / (1 << 1)], pad[64 - "
        + "sizeof(int)];", "a@0:16 b@16:72 pad@88:60 =148/1")]
    [InlineData("/* a\n comment */ int a; // another\nint b;", "a@0:4 b@4:4 =8/4")]
    [InlineData("#include <stdint.h>\n#pragma once\n#define VERSION \"1.0\"\n#define F(x) (x)\nstruct forward;\nint a;", "a@0:4 =4/4")]
    [InlineData("typedef int row[3]; row m[2];", "m@0:24 =24/4")]
    [InlineData("typedef int unaligned __attribute__((aligned(1))); char c; unaligned i;", "c@0:1 i@1:4 =5/1")]
    [InlineData("int32_t int8_t; bool bool_t; signed s; unsigned u; short int si; char signed "
        + "sc;", "int8_t@0:4 bool_t@4:1 s@8:4 u@12:4 si@16:2 sc@18:1 =20/4")]
    [InlineData("int a;;\r\nint b;\r\n", "a@0:4 b@4:4 =8/4")]
    public void A_declaration_has_the_offsets_of_C(string text, string expected) =>
        Assert.Equal(expected, Describe(MemoryLayout.Parse(text)));

    [Theory]
    [InlineData("int a", 1, 6, "expected ';'", "the end of the text")]
    [InlineData("int;", 1, 4, "expected a name after the type", "';'")]
    [InlineData("int a\nint b;", 2, 1, "expected ';'", "'int'")]
    [InlineData("foo a;", 1, 1, "'foo' is no known type")]
    [InlineData("int a;\n  foo b;", 2, 3, "'foo'")]
    [InlineData("int 3;", 1, 5, "expected a field's name", "'3'")]
    [InlineData("int a[;", 1, 7, "expected an integer constant")]
    [InlineData("int a[N];", 1, 7, "'N' is no known constant")]
    [InlineData("int a[1.5];", 1, 7, "'1.5' is no integer")]
    [InlineData("int a[09];", 1, 7, "'09' is no integer")]
    [InlineData("int a[1/0];", 1, 8, "divides by zero")]
    [InlineData("int a[(1+2];", 1, 11, "expected ')'")]
    [InlineData("int a[3;", 1, 8, "expected ']'")]
    [InlineData("int a[9223372036854775807+1];", 1, 7, "overflows")]
    [InlineData("int a, a;", 1, 8, "a second field", "'a'")]
    [InlineData("int a; union { char a; };", 1, 8, "a second field", "'a'")]
    [InlineData("struct s { int a; ", 1, 19, "expected '}'", "line 1, column 10")]
    [InlineData("struct s { int a; }", 1, 20, "expected a field's name")]
    [InlineData("struct s { struct s a; };", 1, 12, "'struct s'", "before it is used")]
    [InlineData("struct s { int a; }; union s b;", 1, 28, "'struct s'")]
    [InlineData("struct s { int a; }; struct s { int a; };", 1, 29, "defined already")]
    [InlineData("long float f;", 1, 1, "'long float' is no type of C")]
    [InlineData("unsigned double d;", 1, 1, "no type of C")]
    [InlineData("long long long l;", 1, 1, "no type of C")]
    [InlineData("void v;", 1, 1, "'void'")]
    [InlineData("char c; _Alignas(2) int i;", 1, 25, "cannot reduce")]
    [InlineData("_Alignas(3) int i;", 1, 10, "power of two")]
    [InlineData("int i __attribute__((aligned(0)));", 1, 30, "power of two")]
    [InlineData("typedef struct { int a; } t __attribute__((packed));", 1, 27, "'}'")]
    [InlineData("#pragma pack(3)\nint i;", 1, 14, "1, 2, 4, 8 or 16")]
    [InlineData("#pragma pack(pop)\nint i;", 1, 14, "no push")]
    [InlineData("#pragma pack(push, 1)\nchar c;\n#pragma pack(pop)\nchar d, e; int i;", 4, 6, "is 1 at the first and the default here")]
    [InlineData("char c;\n#pragma pack(4)\nstruct { int i; };", 3, 1, "is the default at the first and 4 here")]
    [InlineData("#pragma pack(1) x\nint i;", 1, 17, "the end of the line")]
    [InlineData("/* never\nended", 1, 1, "'*/'")]
    [InlineData("", 1, 1, "expected declarations")]
    [InlineData("typedef int t;", 1, 15, "expected declarations")]
    [InlineData("#define N 2+3\nint a[N];", 2, 7, "parentheses")]
    [InlineData("int \u00e9;", 1, 5, "'\u00e9'")]
    public void What_does_not_parse_is_refused_with_its_place(string text, int line, int column, params string[] words) =>
        Throws.Ipc(IpcErrorReason.LayoutInvalid, () => MemoryLayout.Parse(text), [$"Line {line}, column {column}:", .. words]);

    [Theory]
    [InlineData("unsigned a : 3;", 1, 12, "bit-field")]
    [InlineData("unsigned : 0;", 1, 10, "bit-field")]
    [InlineData("int *p;", 1, 5, "uintptr_t")]
    [InlineData("void *p;", 1, 6, "uintptr_t")]
    [InlineData("struct unknown *p;", 1, 16, "uintptr_t")]
    [InlineData("int (*f)(void);", 1, 5, "uintptr_t")]
    [InlineData("int a; char rest[];", 1, 17, "flexible")]
    [InlineData("int a[0];", 1, 6, "at least 1")]
    [InlineData("int a[-1];", 1, 6, "at least 1")]
    [InlineData("long double d;", 1, 1, "long double")]
    [InlineData("struct empty { };", 1, 14, "no members")]
    [InlineData("int a __attribute__((vector_size(16)));", 1, 22, "vector_size")]
    [InlineData("#ifdef X\nint a;\n#endif", 1, 1, "#ifdef")]
    [InlineData("#pragma ms_struct on\nint a;", 1, 9, "ms_struct")]
    [InlineData("_Atomic int a;", 1, 1, "_Atomic")]
    public void What_has_no_value_here_is_refused_with_its_place(string text, int line, int column, params string[] words) =>
        Throws.Ipc(IpcErrorReason.LayoutUnsupported, () => MemoryLayout.Parse(text), [$"Line {line}, column {column}:", .. words]);

    [Theory]
    [InlineData("char a[0x7fffffff];", 7)]
    [InlineData("int a[1000000][1000000];", 6)]
    [InlineData("char a[0x40000000], b[0x40000000];", 21)]
    [InlineData("double a[268435455];", 9)]
    public void A_record_over_2_GiB_is_refused(string text, int column) =>
        Throws.Ipc(IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse(text), $"Line 1, column {column}:", "2147483591");

    [Fact]
    public void A_record_of_too_many_values_is_refused()
    {
        string members = string.Join(", ", Enumerable.Range(0, 50).Select(static i => $"a{i}"));
        string unions = string.Join('\n', Enumerable.Range(1, 8).Select(i => $"union u{i} {{ union u{i - 1} {members}; }};"));
        Throws.Ipc(IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse($"union u0 {{ char c; char d; "
            + $"}};\n{unions}"), "Line 5, column ", "values", "1048576");

        // One struct and one number each.
        const string Point = "struct point { char x; };";
        Assert.Equal("p@0:524288 =524288/1", Describe(MemoryLayout.Parse($"{Point} struct point p[512][1024];")));
        Throws.Ipc(IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse($"{Point} struct point p[512][1024]; char "
            + $"c;"), "column 59", "1048577 values");
        Throws.Ipc(
            IpcErrorReason.LayoutTooLarge,
            () =>
                MemoryLayout.Parse("struct a { char x[1000000][1]; }; struct b { struct a a[2000]; };"), "column 55", "2000002000 values");
    }

    [Fact]
    public void A_row_of_numbers_or_text_is_one_value_and_its_bytes_are_bounded()
    {
        Assert.Equal("text@0:1073741824 =1073741824/1", Describe(MemoryLayout.Parse("char text[1 << 30];")));
        Assert.Equal(
            "i@0:536870912 f@0:536870912 =536870912/4", Describe(MemoryLayout.Parse("union { int i[1 << 27]; float f[1 << 27]; };")));
        Throws.Ipc(
            IpcErrorReason.LayoutTooLarge,
            () =>
                MemoryLayout.Parse("union { int i[1 << 28]; float f[1 << 28]; };"), "Line 1, column 31", "2147483648 bytes", "2147483591");
    }

    [Fact]
    public void Hostile_text_ends_at_a_limit()
    {
        Throws.Ipc(IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse(new string(' ', 65_537)), "65537", "65536");
        Throws.Ipc(
            IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse(string.Concat(Enumerable.Repeat("struct {", 8_000))), "32 levels");
        Throws.Ipc(IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse($"int a[{new string('(', 60_000)}"), "64 levels");
        Throws.Ipc(IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse($"int a[{new string('-', 60_000)}"), "64 levels");
        Throws.Ipc(IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse($"char "
            + $"a{string.Concat(Enumerable.Repeat("[1]", 20_000))};"), "16 dimensions");
        Throws.Ipc(IpcErrorReason.LayoutTooLarge, () => MemoryLayout.Parse($"int "
            + $"a[sizeof({string.Concat(Enumerable.Repeat("int[sizeof(", 5_000))}"), "64 levels");
        Throws.Ipc(
            IpcErrorReason.LayoutTooLarge,
            () => MemoryLayout.Parse(string.Concat(Enumerable.Repeat("_Alignas(struct { ", 3_000))),
            "32 levels");
    }

    [Fact]
    public void Damaged_text_is_a_layout_or_an_error_of_its_own()
    {
        const string Spare = "{}[]();:,*#=+-/%~<>&|^\\\"'\n\0 0x7é";
        var random = new Random(99);
        var generator = new DeclarationGenerator(99);
        for (int i = 0; i < 20_000; i++)
        {
            var text = new System.Text.StringBuilder(generator.Next(i).Text);
            for (int damage = random.Next(4); damage >= 0 && text.Length > 1; damage--)
            {
                int at = random.Next(text.Length - 1);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, random.Next(text.Length - at));
                        break;
                    case 1:
                        text.Insert(at, Spare[random.Next(Spare.Length)]);
                        break;
                    case 2:
                        text[at] = Spare[random.Next(Spare.Length)];
                        break;
                    default:
                        text.Insert(at, text.ToString(at, random.Next(Math.Min(40, text.Length - at))));
                        break;
                }
            }

            try
            {
                Assert.NotEmpty(MemoryLayout.Parse(text.ToString()).Fields);
            }
            catch (IpcException exception)
            {
                Assert.StartsWith("Layout", exception.Reason.ToString(), StringComparison.Ordinal);
                Assert.StartsWith("Line ", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    internal static string Describe(MemoryLayout layout) =>
        string.Concat(layout.Fields.Select(field => $"{field.Name}@{field.Offset}:{field.Size} ")) + $"={layout.Size}/{layout.Alignment}";
}
