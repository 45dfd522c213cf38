namespace PSIpc.Layout.Declarations;

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
