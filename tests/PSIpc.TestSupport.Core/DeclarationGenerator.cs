using System.Globalization;
using System.Text;

namespace PSIpc.TestSupport;

/// <summary>A declaration made at random.</summary>
/// <param name="Text">Everything that is to be parsed, or compiled.</param>
/// <param name="Type">What C calls the last type in it.</param>
/// <param name="FieldCount">How many names of fields it has, those of anonymous members counted.</param>
public sealed record Declaration(string Text, string Type, int FieldCount);

/// <summary>Makes declarations that any C11 compiler with GCC's extensions takes: the same ones for the same seed.</summary>
public sealed class DeclarationGenerator(int seed)
{
    /// <summary>The names of types that it uses.</summary>
    public static readonly string[] Types =
    [
        "char", "signed char", "unsigned char", "short", "unsigned short", "int short signed", "int", "unsigned", "signed", "long", "unsigned long",
        "long int unsigned", "long long", "unsigned long long", "long unsigned int long", "int8_t", "uint8_t", "int16_t", "uint16_t", "int32_t",
        "uint32_t", "int64_t", "uint64_t", "intmax_t", "uintmax_t", "size_t", "ssize_t", "intptr_t", "uintptr_t", "ptrdiff_t", "pid_t", "uid_t",
        "gid_t", "key_t", "time_t", "off_t", "bool", "_Bool", "float", "double", "const int", "volatile double", "char const",
    ];

    private const int MaximumDepth = 3;

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();
    private readonly List<string> _defined = [];
    private readonly List<string> _aligned = [];
    private string _name = "";
    private int _names;

    /// <summary>Makes the next declaration.</summary>
    public Declaration Next(int index)
    {
        _name = string.Create(CultureInfo.InvariantCulture, $"s{index}");
        _names = 0;
        _text.Clear();
        _defined.Clear();
        _aligned.Clear();
        (string before, string after) = Pick(
            ("", ""), ("", ""), ("", ""), ($"#pragma pack(push, {Power(4)})\n", "#pragma pack(pop)\n"), (
                $"#pragma pack({Power(4)})\n", "#pragma pack()\n"));
        _text.Append(before);
        if (Chance(4))
        {
            _text.Append(CultureInfo.InvariantCulture, $"typedef {Pick(Types)} {_name}_t __attribute__((aligned({Power(5)})));\n");
            _aligned.Add($"{_name}_t");
        }

        for (int i = _random.Next(3); i > 0; i--)
        {
            string helper = $"{Keyword()} {_name}_{i}";
            AddStructure(helper, 1);
            _text.Append(";\n");
            _defined.Add(helper);
        }

        bool isTypedef = Chance(4);
        string keyword = Keyword();
        _text.Append(isTypedef ? "typedef " : "");
        int count = AddStructure(isTypedef ? keyword : $"{keyword} {_name}", 0);
        _text.Append(isTypedef ? $" {_name};\n" : ";\n").Append(after);
        return new(_text.ToString(), isTypedef ? _name : $"{keyword} {_name}", count);
    }

    private int AddStructure(string head, int depth)
    {
        string keyword = head[..head.IndexOf(' ', StringComparison.Ordinal).Or(head.Length)];
        bool early = Chance(2);
        string attributes = StructureAttributes();
        _text.Append(keyword).Append(early ? attributes : "").Append(head[keyword.Length..]).Append(" {\n");
        int count = 0;
        for (int i = 1 + _random.Next(6); i > 0; i--)
        {
            count += AddMember(depth);
        }

        _text.Append('}').Append(early ? "" : attributes);
        return count;
    }

    private int AddMember(int depth)
    {
        if (depth < MaximumDepth && Chance(8))
        {
            // Anonymous: its fields are those of what it stands in.
            int promoted = AddStructure(Keyword(), depth + 1);
            _text.Append(";\n");
            return promoted;
        }

        _text.Append(Chance(6) ? "/* a comment */ " : Chance(8) ? "__extension__ " : "");
        if (_aligned.Count > 0 && Chance(5))
        {
            _text.Append(CultureInfo.InvariantCulture, $"{_aligned[0]} {Name()}{FieldAttributes()};\n");
            return 1;
        }

        string before = Chance(12) ? FieldAttributes() + " " : "";
        bool isStructure = true;
        if (depth < MaximumDepth && Chance(8))
        {
            _text.Append(before);
            AddStructure(Keyword(), depth + 1);
        }
        else if (_defined.Count > 0 && Chance(4))
        {
            _text.Append(before).Append(Pick(_defined.ToArray()));
        }
        else
        {
            isStructure = false;

            // As strict as any basic type, which _Alignas may not undercut.
            _text.Append(Chance(12) ? Pick("_Alignas(8) ", "_Alignas(32) ", "_Alignas(double) ", "_Alignas(0) ") : "").Append(
                before).Append(Pick(Types));
        }

        int count = 1 + (Chance(4) ? _random.Next(3) : 0);
        _text.AppendJoin(',', Enumerable.Range(0, count).Select(_ => $" "
            + $"{Name()}{(isStructure ? FewDimensions() : Dimensions())}{FieldAttributes()}")).Append(";\n");
        return count;
    }

    // Arrays of structs in arrays of structs grow fast.
    private string FewDimensions() => Pick("", "", "", "", "", "[2]", "[3]", "[2][2]");

    private string Dimensions() => _random.Next(12) switch
    {
        0 or 1 => string.Create(CultureInfo.InvariantCulture, $"[{1 + _random.Next(40)}]"),
        2 => string.Create(CultureInfo.InvariantCulture, $"[0x{1 + _random.Next(20):x}]"),
        3 => string.Create(CultureInfo.InvariantCulture, $"[(1 + {_random.Next(5)}) * 2 - 010 / 8]"),
        4 => string.Create(CultureInfo.InvariantCulture, $"[{1 + _random.Next(4)}][{1 + _random.Next(5)}]"),
        5 => string.Create(CultureInfo.InvariantCulture, $"[64 - {1 + _random.Next(7)} * sizeof(long)]"),
        _ => "",
    };

    private string FieldAttributes() => _random.Next(20) switch
    {
        0 => " __attribute__((packed))",
        1 => $" __attribute__((aligned({Power(6)})))",
        2 => $" __attribute__((packed, aligned({Power(5)})))",
        3 => $" __attribute__((__aligned__({Power(4)}))) __attribute__((aligned({Power(4)})))",
        _ => "",
    };

    private string StructureAttributes() => _random.Next(14) switch
    {
        0 or 1 => " __attribute__((packed))",
        2 => $" __attribute__((aligned({Power(6)})))",
        3 => $" __attribute__((packed, aligned({Power(5)})))",
        4 => " __attribute__((aligned))",
        5 => $" __attribute__((aligned({Power(5)}), __aligned__({Power(5)})))",
        _ => "",
    };

    private string Keyword() => Chance(5) ? "union" : "struct";

    private string Name() => string.Create(CultureInfo.InvariantCulture, $"f{++_names}");

    private string Power(int maximum) => (1 << _random.Next(maximum + 1)).ToString(CultureInfo.InvariantCulture);

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}

internal static class IndexExtensions
{
    /// <summary>The index, or another number where there is none.</summary>
    internal static int Or(this int index, int otherwise) => index < 0 ? otherwise : index;
}
