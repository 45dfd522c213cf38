namespace PSIpc.Layout.Declarations;

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
        Current.Kind == LayoutTokenKind.Name && !LayoutKeywords.Contains(Current.Text) ? Take() : throw LayoutErrors.Expected(Current, what);
}
