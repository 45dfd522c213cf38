using System.Text;
using Wcwidth;

namespace PSIpc.Shell;

/// <summary>How many columns of a terminal characters take: two for those that Unicode calls wide (UAX #11), none for marks.</summary>
internal static class CellWidth
{
    internal static int Of(ReadOnlySpan<char> text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    // What is below the first mark has one column each, and the tables stay unread.
    internal static int Of(Rune rune) => rune.Value < 0x300 ? 1 : Math.Max(0, UnicodeCalculator.GetWidth(rune));

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
