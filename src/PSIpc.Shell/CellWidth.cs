using System.Globalization;
using System.Text;

namespace PSIpc.Shell;

/// <summary>How many columns of a terminal characters take: two for those that Unicode calls wide (UAX #11), none for marks.</summary>
internal static class CellWidth
{
    // Blocks of wide and full-width characters: first and last.
    private static readonly (int First, int Last)[] s_wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x20000, 0x3FFFD),
    ];

    internal static int Of(ReadOnlySpan<char> text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    internal static int Of(Rune rune) =>
        rune.Value < 0x300 ? 1
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            || rune.Value is >= 0x1160 and <= 0x11FF ? 0
        : Array.Exists(s_wide, block => rune.Value >= block.First && rune.Value <= block.Last) ? 2
        : 1;

    /// <summary>Where a text ends that begins in the first column: a wide character never stands half in a row.</summary>
    internal static (int Row, int Column) End(ReadOnlySpan<char> text, int columns)
    {
        int row = 0;
        int column = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int width = Of(rune);
            if (rune.Value == '\n' || column + width > columns)
            {
                row++;
                column = 0;
            }

            column += rune.Value == '\n' ? 0 : width;
        }

        // A terminal wraps only before the next character; here the cursor is taken there.
        return column == columns ? (row + 1, 0) : (row, column);
    }
}
