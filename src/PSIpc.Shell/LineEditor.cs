using System.Management.Automation;
using System.Text;

namespace PSIpc.Shell;

/// <summary>Reads a line at a terminal: cursor keys, history, completion by Tab, and Ctrl+C that cancels the line.</summary>
/// <param name="complete">What the engine proposes for a text with the cursor at an index.</param>
internal sealed class LineEditor(Func<string, int, CommandCompletion> complete)
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _text = new();
    private CommandCompletion? _completion;
    private string _prompt = "";
    private int _cursor;
    private int _row;

    /// <summary>Whether Ctrl+C ended the last line.</summary>
    internal bool WasCancelled { get; private set; }

    /// <summary>The line; null for Ctrl+D on an empty one.</summary>
    internal string? ReadLine(string prompt)
    {
        _prompt = prompt;
        _text.Clear();
        _cursor = 0;
        _row = 0;
        _completion = null;
        WasCancelled = false;
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            return Edit();
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }

    private string? Edit()
    {
        int recalled = _history.Count;
        while (true)
        {
            Draw();
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            if (key.Key != ConsoleKey.Tab)
            {
                _completion = null;
            }

            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return Finish("");
                case ConsoleKey.C when control:
                    WasCancelled = true;
                    return Finish("^C");
                case ConsoleKey.D when control && _text.Length == 0:
                    Finish("");
                    return null;
                case ConsoleKey.Tab:
                    Complete(forward: !key.Modifiers.HasFlag(ConsoleModifiers.Shift));
                    break;
                case ConsoleKey.Backspace when _cursor > 0:
                    _text.Remove(--_cursor, 1);
                    break;
                case ConsoleKey.Delete when _cursor < _text.Length:
                    _text.Remove(_cursor, 1);
                    break;
                case ConsoleKey.U when control:
                    _text.Remove(0, _cursor);
                    _cursor = 0;
                    break;
                case ConsoleKey.LeftArrow:
                    _cursor = Math.Max(0, _cursor - 1);
                    break;
                case ConsoleKey.RightArrow:
                    _cursor = Math.Min(_text.Length, _cursor + 1);
                    break;
                case ConsoleKey.Home:
                case ConsoleKey.A when control:
                    _cursor = 0;
                    break;
                case ConsoleKey.End:
                case ConsoleKey.E when control:
                    _cursor = _text.Length;
                    break;
                case ConsoleKey.UpArrow when recalled > 0:
                    Recall(_history[--recalled]);
                    break;
                case ConsoleKey.DownArrow when recalled < _history.Count:
                    Recall(++recalled < _history.Count ? _history[recalled] : "");
                    break;
                default:
                    Insert(key.KeyChar);
                    break;
            }
        }
    }

    private void Insert(char character)
    {
        if (!char.IsControl(character))
        {
            _text.Insert(_cursor++, character);
        }
    }

    /// <summary>Puts the next proposal in the place of the last one; the first Tab asks for them.</summary>
    private void Complete(bool forward)
    {
        _completion ??= complete(_text.ToString(), _cursor);
        if (_completion.GetNextResult(forward) is { } result)
        {
            _text.Remove(_completion.ReplacementIndex, _completion.ReplacementLength)
                .Insert(_completion.ReplacementIndex, result.CompletionText);
            _completion.ReplacementLength = result.CompletionText.Length;
            _cursor = _completion.ReplacementIndex + _completion.ReplacementLength;
        }
    }

    private void Recall(string line)
    {
        _text.Clear().Append(line);
        _cursor = _text.Length;
    }

    private string Finish(string mark)
    {
        _cursor = _text.Length;
        Draw();
        Console.Out.WriteLine(mark);
        string line = _text.ToString();
        if (!WasCancelled && !string.IsNullOrWhiteSpace(line) && _history.LastOrDefault() != line)
        {
            _history.Add(line);
        }

        return line;
    }

    /// <summary>Draws prompt and text anew from the row of the prompt, and puts the cursor where it is in the text.</summary>
    private void Draw()
    {
        int width = Terminal.WindowWidth;
        string text = _prompt + _text;
        int end = text.Length / width;
        int row = (_prompt.Length + _cursor) / width;
        int column = (_prompt.Length + _cursor) % width;
        var output = new StringBuilder(_row > 0 ? $"\e[{_row}A" : "").Append("\r\e[J").Append(text);
        if (text.Length > 0 && text.Length % width == 0)
        {
            // A terminal wraps only before the next character.
            output.Append("\r\n");
        }

        output.Append(end > row ? $"\e[{end - row}A" : "").Append('\r').Append(column > 0 ? $"\e[{column}C" : "");
        Console.Out.Write(output.ToString());
        _row = row;
    }
}
