using System.Management.Automation.Language;
using System.Text;

namespace PSIpc.Shell;

/// <summary>Reads commands line by line, each run as soon as it is complete: the prompt, or a redirected standard input.</summary>
internal sealed class CommandLoop(Session session, bool interactive)
{
    private readonly LineEditor? _editor = interactive ? new LineEditor(session.Complete) : null;

    internal void Run()
    {
        while (!session.HasEnded && ReadCommand() is { } command)
        {
            if (!string.IsNullOrWhiteSpace(command))
            {
                session.RunLine(command);
            }
        }
    }

    /// <summary>The next complete command; empty when it was cancelled, null at the end of the input.</summary>
    private string? ReadCommand()
    {
        var text = new StringBuilder();
        do
        {
            string? line = ReadLine(continues: text.Length > 0);
            if (line is null)
            {
                return text.Length > 0 ? text.ToString() : null;
            }

            if (_editor is { WasCancelled: true })
            {
                return "";
            }

            text.Append(text.Length > 0 ? "\n" : "").Append(line);
        }
        while (!IsComplete(text.ToString()));
        _editor?.Remember(text.ToString());
        return text.ToString();
    }

    private string? ReadLine(bool continues) =>
        _editor is null ? Console.In.ReadLine() : _editor.ReadLine(continues ? ">> " : session.Prompt());

    private static bool IsComplete(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return !Array.Exists(errors, error => error.IncompleteInput);
    }
}
