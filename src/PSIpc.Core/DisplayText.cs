using System.Buffers;
using System.Globalization;
using System.Text;

namespace PSIpc;

/// <summary>Makes text that comes from elsewhere safe to show to people.</summary>
public static class DisplayText
{
    /// <summary>
    /// Returns the text with its control, bidirectional, and other invisible characters, and its unpaired surrogates, as PowerShell writes
    /// them in a string: <c>`e</c>, <c>`u{202e}</c>. A terminal would obey them: they move the cursor, change the title, or reorder the
    /// line.
    /// </summary>
    /// <param name="text">Any text: the name of an object, a path, or what a peer sent.</param>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Find(text) < 0 ? text : Replace(text);
    }

    private static int Find(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text[i..], out Rune rune, out int length) != OperationStatus.Done || IsHidden(rune))
            {
                return i;
            }

            i += length;
        }

        return -1;
    }

    private static string Replace(ReadOnlySpan<char> text)
    {
        var output = new StringBuilder();
        while (Find(text) is var index and >= 0)
        {
            bool isRune = Rune.DecodeFromUtf16(text[index..], out Rune rune, out int length) == OperationStatus.Done;
            output.Append(text[..index]).Append(Name(isRune ? rune.Value : text[index]));
            text = text[(index + length)..];
        }

        return output.Append(text).ToString();
    }

    private static string Name(int character) => character switch
    {
        '\0' => "`0",
        '\a' => "`a",
        '\b' => "`b",
        '\t' => "`t",
        '\n' => "`n",
        '\v' => "`v",
        '\f' => "`f",
        '\r' => "`r",
        '\x1b' => "`e",
        _ => string.Create(CultureInfo.InvariantCulture, $"`u{{{character:x}}}"),
    };

    private static bool IsHidden(Rune rune) => !rune.IsAscii
        ? Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        : rune.Value < ' ' || rune.Value == '\x7f';
}
