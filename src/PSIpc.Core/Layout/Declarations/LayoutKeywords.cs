using System.Collections.Frozen;

namespace PSIpc.Layout.Declarations;

/// <summary>The words that C keeps for itself (C11 6.4.1), with the spellings that GCC adds.</summary>
internal static class LayoutKeywords
{
    private static readonly FrozenSet<string> Words = new[]
    {
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto",
        "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
        "union", "unsigned", "void", "volatile", "while", "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic", "_Imaginary",
        "_Noreturn", "_Static_assert", "_Thread_local", "alignas", "bool", "__attribute__", "__attribute", "__extension__", "__declspec",
        "__const", "__const__", "__volatile", "__volatile__", "__signed", "__signed__", "__int128", "_Float16", "_Float128", "__float128",
    }.ToFrozenSet(StringComparer.Ordinal);

    internal static bool Contains(string word) => Words.Contains(word);
}
