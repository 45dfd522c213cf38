using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;

namespace PSIpc.Shell;

/// <summary>What the standard streams are connected to, and what may be shown there.</summary>
internal static class Terminal
{
    private const int DefaultWidth = 80;
    private const int DefaultHeight = 24;

    private static readonly bool s_colored =
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Whether the output shows colours.</summary>
    internal static bool OutputHasColors { get; } = s_colored && !Console.IsOutputRedirected;

    /// <summary>Whether what is written to the standard error shows colours.</summary>
    internal static bool ErrorHasColors { get; } = s_colored && !Console.IsErrorRedirected;

    /// <summary>The columns to write in.</summary>
    internal static int Width =>
        int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 0
            ? columns
            : WindowWidth;

    /// <summary>The columns that the terminal has, whatever the user wants to be used of them.</summary>
    internal static int WindowWidth => Console.IsOutputRedirected || Console.WindowWidth <= 0 ? DefaultWidth : Console.WindowWidth;

    internal static int Height => Console.IsOutputRedirected || Console.WindowHeight <= 0 ? DefaultHeight : Console.WindowHeight;

    /// <summary>Takes the escape sequences out where they would be seen as text, unless <c>$PSStyle.OutputRendering</c> insists.</summary>
    internal static string Render(string text, bool hasColors)
    {
        bool keep = PSStyle.Instance.OutputRendering switch
        {
            OutputRendering.Ansi => true,
            OutputRendering.PlainText => false,
            _ => hasColors,
        };
        return keep ? text : Plain(text);
    }

    /// <summary>A text without its escape sequences.</summary>
    internal static string Plain(string text) =>
        text.Contains('\e', StringComparison.Ordinal) ? new StringDecorated(text).ToString(OutputRendering.PlainText) : text;

    /// <summary>Gives a line its style, where styles are shown and it has none.</summary>
    internal static string Style(string text, string style, bool hasColors) =>
        text.Contains('\e', StringComparison.Ordinal) ? Render(text, hasColors) : Render($"{style}{text}{PSStyle.Instance.Reset}", hasColors);
}
