using System.Collections.Frozen;

namespace PSIpc.Layout.Declarations;

/// <summary>The words that together name a basic type, in any order: <c>long unsigned int long</c> (C11 6.7.2).</summary>
internal sealed class TypeSpecifiers
{
    private static readonly string[] WithoutValue =
    [
        .. new[] { "enum", "_Atomic", "_Complex", "__int128", "_Float16", "_Float128", "__float128" }
            .Except(ScalarType.All.SelectMany(static type => type.Names)),
    ];

    private readonly List<string> _words = [];
    private LayoutPosition _start;

    internal bool IsEmpty => _words.Count == 0;

    internal static bool Has(string word) => Canonical(word) is not null;

    internal bool TryAdd(LayoutToken token)
    {
        if (token.Kind != LayoutTokenKind.Name || Canonical(token.Text) is not { } word)
        {
            return false;
        }

        _start = IsEmpty ? token.Position : _start;
        _words.Add(word);
        return true;
    }

    /// <summary>The type that the words name.</summary>
    /// <param name="rules">The platform's types.</param>
    /// <param name="next">What follows the words, for the message.</param>
    internal LayoutType Resolve(CDataModel rules, LayoutToken next)
    {
        if (IsEmpty)
        {
            throw next.Kind == LayoutTokenKind.Name && !LayoutKeywords.Contains(next.Text)
                ? LayoutErrors.Invalid(
                    next.Position, $"'{next.Text}' is no known type: expected a type of C, of stdint.h or of a typedef before it")
                : LayoutErrors.Expected(next, "a type");
        }

        string words = string.Join(' ', _words);
        if (next.Is("*"))
        {
            throw LayoutErrors.Unsupported(
                next.Position, "a pointer means nothing in another process and is not followed: declare uintptr_t for its bits");
        }

        if (_words.Intersect(WithoutValue).FirstOrDefault() is { } refused)
        {
            throw LayoutErrors.Unsupported(_start, $"'{refused}' is not read: declare the integer that has its size, or an array of bytes");
        }

        _words.Sort(StringComparer.Ordinal);
        return (_words switch
        {
            ["double", "long"] =>
                throw LayoutErrors.Unsupported(_start, "'long double' has another form on every platform and none in .NET: declare "
                    + "unsigned char[sizeof] for its bytes"),
            ["void"] => throw LayoutErrors.Invalid(_start, "'void' has no size: expected the type of a field"),
            ["char", "signed"] => rules.Find("signed char"),
            ["char", "unsigned"] => rules.Find("unsigned char"),
            [_] when words is not ("signed" or "unsigned") => rules.Find(words),
            _ => rules.Find(Integer()),
        }) ?? throw LayoutErrors.Invalid(_start, $"'{words}' is no type of C");
    }

    private static string? Canonical(string word) => word switch
    {
        "void" or "signed" or "unsigned" => word,
        "__signed" or "__signed__" => "signed",
        "_Bool" => "bool",
        _ when LayoutKeywords.Contains(word) && CDataModel.Current.Find(word) is not null => word,
        _ => Array.Find(WithoutValue, word.Equals),
    };

    // What is left over makes a name that no type has.
    private string Integer()
    {
        var rest = new List<string>(_words);
        bool isUnsigned = rest.Remove("unsigned");
        bool isSigned = !isUnsigned && rest.Remove("signed");
        rest.Remove("int");
        string width = rest.Count == 0 ? "int" : string.Join(' ', rest);
        return width is "int" or "short" or "long" or "long long" ? (isUnsigned ? "unsigned " : "") + width : $"{width} {isSigned}";
    }
}

/// <summary>The words that C keeps for itself (C11 6.4.1), with the spellings that GCC adds.</summary>
internal static class LayoutKeywords
{
    private static readonly FrozenSet<string> Words = new[]
    {
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto",
        "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct",
        "switch", "typedef",
        "union", "unsigned", "void", "volatile", "while", "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic", "_Imaginary",
        "_Noreturn", "_Static_assert", "_Thread_local", "alignas", "bool", "__attribute__", "__attribute", "__extension__", "__declspec",
        "__const", "__const__", "__volatile", "__volatile__", "__signed", "__signed__", "__int128", "_Float16", "_Float128", "__float128",
    }.ToFrozenSet(StringComparer.Ordinal);

    internal static bool Contains(string word) => Words.Contains(word);
}
