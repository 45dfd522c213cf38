namespace PSIpc.Layout.Declarations;

/// <summary>Cuts the text of a layout into C's tokens (C11 6.4), without the preprocessor's expansion.</summary>
internal sealed class LayoutLexer
{
    /// <summary>In characters: a bound on the time that hostile text can take, and far over any real header's structs.</summary>
    internal const int MaximumLength = 65_536;

    private readonly string _text;
    private readonly List<LayoutToken> _tokens = [];
    private int _index;
    private int _line = 1;
    private int _lineStart;
    private bool _inDirective;
    private bool _atLineStart = true;

    private LayoutLexer(string text) => _text = text;

    private LayoutPosition Here => new(_line, _index - _lineStart + 1);

    private char Current => _index < _text.Length ? _text[_index] : '\0';

    private char Next => _index + 1 < _text.Length ? _text[_index + 1] : '\0';

    internal static List<LayoutToken> Tokenize(string text)
    {
        if (text.Length > MaximumLength)
        {
            throw new IpcException(
                IpcErrorReason.LayoutTooLarge, $"The text of a layout has {text.Length} characters, and at most {MaximumLength} are read.");
        }

        var lexer = new LayoutLexer(text);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_index < _text.Length)
        {
            Step();
        }

        EndDirective();
        Add(LayoutTokenKind.End, 0);
    }

    private void Step()
    {
        char character = Current;
        if (character == '\n')
        {
            EndDirective();
            NewLine();
        }
        else if (char.IsWhiteSpace(character) || character == '\ufeff')
        {
            _index++;
        }
        else if (character == '\\' && (Next == '\n' || (Next == '\r' && _index + 2 < _text.Length && _text[_index + 2] == '\n')))
        {
            // A line continued: a directive goes on after it.
            _index += Next == '\n' ? 1 : 2;
            NewLine();
        }
        else if (character == '/' && Next == '/')
        {
            int end = _text.IndexOf('\n', _index);
            _index = end < 0 ? _text.Length : end;
        }
        else if (character == '/' && Next == '*')
        {
            SkipComment();
        }
        else
        {
            AddToken(character);
        }
    }

    private void AddToken(char character)
    {
        bool first = _atLineStart;
        _atLineStart = false;
        if (character == '#' && first && !_inDirective)
        {
            _inDirective = true;
            Add(LayoutTokenKind.Directive, 1);
        }
        else if (char.IsAsciiLetter(character) || character == '_')
        {
            Add(LayoutTokenKind.Name, Span(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'));
        }
        else if (char.IsAsciiDigit(character))
        {
            // C's preprocessing number: what is wrong with 12ab is said when its value is taken.
            Add(LayoutTokenKind.Number, Span(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.'));
        }
        else if (character is '<' or '>' && Next == character)
        {
            Add(LayoutTokenKind.Punctuation, 2);
        }
        else
        {
            // Characters that C has no use for become tokens too, so that the parser can say what it expected there.
            Add(LayoutTokenKind.Punctuation, char.IsHighSurrogate(character) && char.IsLowSurrogate(Next) ? 2 : 1);
        }
    }

    private int Span(Func<char, bool> belongs)
    {
        int end = _index;
        while (end < _text.Length && belongs(_text[end]))
        {
            end++;
        }

        return end - _index;
    }

    private void SkipComment()
    {
        LayoutPosition start = Here;
        int end = _text.IndexOf("*/", _index + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            throw LayoutErrors.Invalid(start, "this comment has no end: expected '*/'");
        }

        while (_index < end + 2)
        {
            if (Current == '\n')
            {
                StartLine();
            }
            else
            {
                _index++;
            }
        }
    }

    private void NewLine()
    {
        StartLine();
        _atLineStart = !_inDirective;
    }

    // Inside a comment a line ends too, and a directive does not.
    private void StartLine()
    {
        _index++;
        _line++;
        _lineStart = _index;
    }

    private void EndDirective()
    {
        if (_inDirective)
        {
            Add(LayoutTokenKind.EndOfDirective, 0);
            _inDirective = false;
        }
    }

    private void Add(LayoutTokenKind kind, int length)
    {
        _tokens.Add(new(kind, _text.Substring(_index, length), Here));
        _index += length;
    }
}

/// <summary>A place in the text of a layout, as editors and compilers count: both from 1, a tab being one column.</summary>
internal readonly record struct LayoutPosition(int Line, int Column)
{
    public override string ToString() => $"Line {Line}, column {Column}";
}

/// <summary>What a token is.</summary>
internal enum LayoutTokenKind
{
    End,
    Name,
    Number,
    Punctuation,

    /// <summary>The <c>#</c> that starts a directive.</summary>
    Directive,

    /// <summary>The end of a directive's line.</summary>
    EndOfDirective,
}

/// <summary>One word of C.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it is written.</param>
/// <param name="Position">Where it starts.</param>
internal readonly record struct LayoutToken(LayoutTokenKind Kind, string Text, LayoutPosition Position)
{
    internal bool Is(string text) => Kind is LayoutTokenKind.Name or LayoutTokenKind.Punctuation && Text == text;

    public override string ToString() => Kind switch
    {
        LayoutTokenKind.End => "the end of the text",
        LayoutTokenKind.EndOfDirective => "the end of the line",
        _ => $"'{Text}'",
    };
}

/// <summary>A place among the tokens of a layout, and the steps that a parser takes from it.</summary>
internal sealed class LayoutCursor(List<LayoutToken> tokens)
{
    private int _index;

    internal LayoutToken Current => tokens[_index];

    internal LayoutPosition Position => Current.Position;

    internal bool AtEnd => Current.Kind == LayoutTokenKind.End;

    internal LayoutToken Take()
    {
        LayoutToken token = Current;
        if (!AtEnd)
        {
            _index++;
        }

        return token;
    }

    internal bool Accept(string text)
    {
        bool found = Current.Is(text);
        if (found)
        {
            _index++;
        }

        return found;
    }

    internal void Expect(string text, string where)
    {
        if (!Accept(text))
        {
            throw LayoutErrors.Expected(Current, $"'{text}' {where}");
        }
    }

    internal LayoutToken ExpectName(string what) =>
        Current.Kind == LayoutTokenKind.Name && !LayoutKeywords.Contains(Current.Text)
            ? Take()
            : throw LayoutErrors.Expected(Current, what);
}
