using System.Text;

namespace PSIpc.Bench;

/// <summary>A table that reads well as text, too.</summary>
internal static class MarkdownTable
{
    /// <summary>The table's lines.</summary>
    /// <param name="headings">The first line.</param>
    /// <param name="rows">As many cells each.</param>
    internal static string Format(string[] headings, IEnumerable<string[]> rows)
    {
        string[][] lines = [.. rows.Prepend(headings).Select(cells => cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ")).ToArray())];
        int[] widths = [.. headings.Select((_, column) => lines.Max(cells => cells[column].Length))];
        var text = new StringBuilder();
        for (int i = 0; i < lines.Length; i++)
        {
            Append(text, lines[i].Select((cell, column) => cell.PadRight(widths[column])));
            if (i == 0)
            {
                Append(text, widths.Select(width => new string('-', width)));
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
