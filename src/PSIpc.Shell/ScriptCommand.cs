using System.Management.Automation.Language;
using System.Text;

namespace PSIpc.Shell;

/// <summary>A script and its arguments as the command that a prompt would take.</summary>
internal static class ScriptCommand
{
    /// <summary>Takes <c>-Name value</c>, <c>-Name:value</c>, <c>-Switch</c>, <c>-Switch:$true</c> and positions, all else as text.</summary>
    internal static string Text(string path, ReadOnlySpan<string> arguments)
    {
        var text = new StringBuilder();
        if (path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase))
        {
            AppendName(text, path);
        }
        else
        {
            // A script named as a program, which '#!' started: the engine would start it as that program again.
            text.Append("& {").Append(File.ReadAllText(path)).Append("\n}");
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            text.Append(' ');
            string argument = arguments[i];
            int colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (!IsParameter(colon < 0 ? argument : argument[..colon]))
            {
                AppendValue(text, argument);
            }
            else if (colon < 0)
            {
                text.Append(argument);
            }
            else if (colon < argument.Length - 1)
            {
                text.Append(argument, 0, colon + 1);
                AppendAttached(text, argument[(colon + 1)..]);
            }
            else
            {
                text.Append(argument, 0, i + 1 < arguments.Length ? colon + 1 : colon);
            }
        }

        return text.ToString();
    }

    /// <summary>The path as a bare name, so that <c>$MyInvocation</c> shows it and no operator.</summary>
    private static void AppendName(StringBuilder text, string path)
    {
        foreach (char character in path)
        {
            // A backtick before a letter or a digit means something; before anything else it takes the meaning away.
            text.Append(char.IsLetterOrDigit(character) || character is '/' or '.' or '_' or '-' ? "" : "`").Append(character);
        }
    }

    private static bool IsParameter(string text) =>
        text.Length > 1 && text[0] == '-' && (char.IsLetter(text[1]) || text[1] == '_')
        && text.Skip(2).All(character => char.IsLetterOrDigit(character) || character is '_' or '-');

    private static void AppendValue(StringBuilder text, string value) =>
        text.Append('\'').Append(CodeGeneration.EscapeSingleQuotedStringContent(value)).Append('\'');

    /// <summary>A switch takes a boolean and no text, so what reads as a boolean becomes one.</summary>
    private static void AppendAttached(StringBuilder text, string value)
    {
        if (bool.TryParse(value.AsSpan(value[0] == '$' ? 1 : 0), out bool boolean))
        {
            text.Append(boolean ? "$true" : "$false");
        }
        else
        {
            AppendValue(text, value);
        }
    }
}
