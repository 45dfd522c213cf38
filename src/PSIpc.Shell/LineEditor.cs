using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace PSIpc.Shell;

/// <summary>
/// Reads a line at a terminal: the keys of readline and Emacs, history with a search backwards by Ctrl+R, completion by Tab with what the
/// proposal is beneath the line, and Ctrl+C that cancels the line.
/// </summary>
/// <param name="complete">What the engine proposes for a text with the cursor at an index.</param>
internal sealed class LineEditor(Func<string, int, CommandCompletion> complete)
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _text = new();
    private CommandCompletion? _completion;
    private string _prompt = "";
    private string _note = "";
    private string _pending = "";
    private string _drawn = "";
    private int _recalled;
    private int _cursor;

    /// <summary>Whether Ctrl+C ended the last line.</summary>
    internal bool WasCancelled { get; private set; }

    /// <summary>The line; null for Ctrl+D on an empty one.</summary>
    internal string? ReadLine(string prompt)
    {
        _prompt = prompt;
        _drawn = "";
        _recalled = _history.Count;
        _completion = null;
        Replace("");
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

    /// <summary>Keeps a command, of one line or more, for the arrow keys and Ctrl+R.</summary>
    internal void Remember(string command)
    {
        if (!string.IsNullOrWhiteSpace(command) && _history.LastOrDefault() != command)
        {
            _history.Add(command);
        }
    }

    private string? Edit()
    {
        while (true)
        {
            Draw();
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (IsControl(key, ConsoleKey.R))
            {
                key = Search();
            }

            if (key.Key != ConsoleKey.Tab)
            {
                _completion = null;
                _note = "";
            }

            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return Finish("");
                case ConsoleKey.C when IsControl(key):
                    WasCancelled = true;
                    return Finish("^C");
                case ConsoleKey.D when IsControl(key) && _text.Length == 0:
                    Finish("");
                    return null;
                case ConsoleKey.Tab:
                    Complete(forward: !key.Modifiers.HasFlag(ConsoleModifiers.Shift));
                    break;
                case ConsoleKey.L when IsControl(key):
                    Console.Out.Write("\e[H\e[2J");
                    _drawn = "";
                    break;
                case ConsoleKey.UpArrow:
                case ConsoleKey.P when IsControl(key):
                    Recall(_recalled - 1);
                    break;
                case ConsoleKey.DownArrow:
                case ConsoleKey.N when IsControl(key):
                    Recall(_recalled + 1);
                    break;
                default:
                    if (Target(key) is { } target)
                    {
                        _cursor = target;
                    }
                    else if (Erased(key) is { } erased)
                    {
                        _text.Remove(erased.Start, erased.End - erased.Start);
                        _cursor = erased.Start;
                    }
                    else if (!char.IsControl(key.KeyChar) && !key.Modifiers.HasFlag(ConsoleModifiers.Alt))
                    {
                        _text.Insert(_cursor++, key.KeyChar);
                    }

                    break;
            }
        }
    }

    private static bool IsControl(ConsoleKeyInfo key) => key.Modifiers.HasFlag(ConsoleModifiers.Control);

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey wanted) => key.Key == wanted && IsControl(key);

    /// <summary>Where a key takes the cursor, or null for one that takes it nowhere.</summary>
    private int? Target(ConsoleKeyInfo key)
    {
        bool control = IsControl(key);
        bool alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        return key.Key switch
        {
            ConsoleKey.LeftArrow when control || alt => WordStart(),
            ConsoleKey.B when alt => WordStart(),
            ConsoleKey.RightArrow when control || alt => WordEnd(),
            ConsoleKey.F when alt => WordEnd(),
            ConsoleKey.LeftArrow => Previous(),
            ConsoleKey.B when control => Previous(),
            ConsoleKey.RightArrow => Next(),
            ConsoleKey.F when control => Next(),
            ConsoleKey.Home => 0,
            ConsoleKey.A when control => 0,
            ConsoleKey.End => _text.Length,
            ConsoleKey.E when control => _text.Length,
            _ => null,
        };
    }

    /// <summary>What a key erases, or null for one that erases nothing.</summary>
    private (int Start, int End)? Erased(ConsoleKeyInfo key)
    {
        bool control = IsControl(key);
        bool alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        return key.Key switch
        {
            ConsoleKey.Backspace when control || alt => (WordStart(), _cursor),
            ConsoleKey.W when control => (WordStart(), _cursor),
            ConsoleKey.Delete when control => (_cursor, WordEnd()),
            ConsoleKey.D when alt => (_cursor, WordEnd()),
            ConsoleKey.Backspace => (Previous(), _cursor),
            ConsoleKey.H when control => (Previous(), _cursor),
            ConsoleKey.Delete => (_cursor, Next()),
            ConsoleKey.D when control => (_cursor, Next()),
            ConsoleKey.U when control => (0, _cursor),
            ConsoleKey.K when control => (_cursor, _text.Length),
            ConsoleKey.Escape => (0, _text.Length),
            _ => null,
        };
    }

    // What is one character to its reader: a letter with its marks, both halves of a surrogate pair.
    private int Next()
    {
        string rest = _text.ToString(_cursor, _text.Length - _cursor);
        return _cursor + StringInfo.GetNextTextElementLength(rest);
    }

    private int Previous()
    {
        int[] starts = StringInfo.ParseCombiningCharacters(_text.ToString(0, _cursor));
        return starts.Length > 0 ? starts[^1] : 0;
    }

    private int WordStart()
    {
        int index = _cursor;
        while (index > 0 && !char.IsLetterOrDigit(_text[index - 1]))
        {
            index--;
        }

        while (index > 0 && char.IsLetterOrDigit(_text[index - 1]))
        {
            index--;
        }

        return index;
    }

    private int WordEnd()
    {
        int index = _cursor;
        while (index < _text.Length && !char.IsLetterOrDigit(_text[index]))
        {
            index++;
        }

        while (index < _text.Length && char.IsLetterOrDigit(_text[index]))
        {
            index++;
        }

        return index;
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
            string what = result.ToolTip.Trim().Split('\n')[0].Trim();
            _note = $"{_completion.CurrentMatchIndex + 1}/{_completion.CompletionMatches.Count} {what}";
        }
    }

    /// <summary>Shows a line of the history; beyond its end, the line that was being written.</summary>
    private void Recall(int index)
    {
        if (index < 0 || index > _history.Count || index == _recalled)
        {
            return;
        }

        if (_recalled == _history.Count)
        {
            _pending = _text.ToString();
        }

        _recalled = index;
        Replace(index < _history.Count ? _history[index] : _pending);
    }

    /// <summary>Looks backwards in the history for what is typed; gives the key that ended it, to be handled as any other.</summary>
    private ConsoleKeyInfo Search()
    {
        string before = _text.ToString();
        string wanted = "";
        int found = _history.Count;
        while (true)
        {
            _note = $"search backwards: {wanted}";
            Draw();
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (IsControl(key, ConsoleKey.R))
            {
                found = Find(wanted, found - 1) ?? found;
            }
            else if (key.Key == ConsoleKey.Backspace)
            {
                wanted = wanted.Length > 0 ? wanted[..^1] : "";
                found = Find(wanted, _history.Count - 1) ?? found;
            }
            else if (!char.IsControl(key.KeyChar))
            {
                wanted += key.KeyChar;
                found = Find(wanted, Math.Min(found, _history.Count - 1)) ?? found;
            }
            else if (key.Key == ConsoleKey.Escape || IsControl(key, ConsoleKey.G))
            {
                Replace(before);
                return new ConsoleKeyInfo('\0', ConsoleKey.None, shift: false, alt: false, control: false);
            }
            else
            {
                _recalled = found;
                return key;
            }

            if (found < _history.Count && wanted.Length > 0)
            {
                Replace(_history[found]);
            }
        }
    }

    private int? Find(string wanted, int from)
    {
        int found = from < 0 ? -1 : _history.FindLastIndex(from, line => line.Contains(wanted, StringComparison.OrdinalIgnoreCase));
        return found < 0 ? null : found;
    }

    private void Replace(string line)
    {
        _text.Clear().Append(line);
        _cursor = _text.Length;
    }

    private string Finish(string mark)
    {
        _note = "";
        _cursor = _text.Length;
        Draw(always: true);
        Console.Out.WriteLine(mark);
        return _text.ToString();
    }

    /// <summary>Draws prompt, text and note anew from the row of the prompt, and puts the cursor where it is in the text.</summary>
    private void Draw(bool always = false)
    {
        // What is pasted is drawn once.
        if (!always && Console.KeyAvailable)
        {
            return;
        }

        // The window may have another width than at the last time, and its rows with it.
        int width = Terminal.WindowWidth;
        int up = CellWidth.End(_drawn, width).Row;
        string text = _prompt + _text;
        _drawn = text[..(_prompt.Length + _cursor)];
        (int row, int column) = CellWidth.End(_drawn, width);
        (int end, int endColumn) = CellWidth.End(text, width);
        var output = new StringBuilder(up > 0 ? $"\e[{up}A" : "").Append("\r\e[J").Append(text.Replace("\n", "\r\n", StringComparison.Ordinal));
        if (endColumn == 0 && text.Length > 0 && text[^1] != '\n')
        {
            // A terminal wraps only before the next character.
            output.Append("\r\n");
        }

        if (_note.Length > 0)
        {
            output.Append("\r\n").Append(Terminal.Style(Cut(_note, width - 1), "\e[2m", Terminal.OutputHasColors));
            end++;
        }

        output.Append(end > row ? $"\e[{end - row}A" : "").Append('\r').Append(column > 0 ? $"\e[{column}C" : "");
        Console.Out.Write(output.ToString());
    }

    private static string Cut(string text, int columns)
    {
        int length = text.Length;
        while (CellWidth.Of(text.AsSpan(0, length)) > columns)
        {
            length--;
        }

        return text[..length];
    }
}
