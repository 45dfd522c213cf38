namespace PSIpc.Layout.Declarations;

/// <summary>The lines that start with <c>#</c>: the pack stack of <c>#pragma pack</c>, and <c>#define</c> of integers.</summary>
internal sealed class LayoutDirectives(LayoutCursor cursor, ConstantExpressionParser constants)
{
    private const int MaximumPack = 16;
    private readonly Stack<(string? Name, int Pack)> _saved = [];

    /// <summary>The alignment in force, 0 for none.</summary>
    internal int Pack { get; private set; }

    /// <summary>Reads one directive, from its <c>#</c> to the end of its line.</summary>
    internal void Parse()
    {
        LayoutToken hash = cursor.Take();
        if (cursor.Current.Kind == LayoutTokenKind.EndOfDirective)
        {
            cursor.Take();
            return;
        }

        LayoutToken directive = cursor.Take();
        switch (directive.Text)
        {
            case "pragma":
                ParsePragma();
                break;
            case "define":
                ParseDefine();
                break;
            case "undef":
                constants.Undefine(cursor.ExpectName("the macro's name").Text);
                break;
            case "include":
                // The types of the C library's headers are known anyway.
                SkipLine();
                break;
            default:
                throw LayoutErrors.Unsupported(
                    hash.Position, $"#{directive.Text} is not read: only #pragma pack, #define of an integer, #undef and #include are");
        }

        LayoutToken end = cursor.Take();
        if (end.Kind != LayoutTokenKind.EndOfDirective)
        {
            throw LayoutErrors.Expected(end, "the end of the line");
        }
    }

    private void ParsePragma()
    {
        LayoutToken pragma = cursor.Take();
        switch (pragma.Text)
        {
            case "pack":
                ParsePack();
                break;
            case "once":
                break;
            default:
                throw LayoutErrors.Unsupported(
                    pragma.Position, $"#pragma {pragma.Text} is not read, and might change the layout: only pack and once are");
        }
    }

    private void ParsePack()
    {
        cursor.Expect("(", "after #pragma pack");
        LayoutToken action = cursor.Current;
        if (action.Is("push"))
        {
            cursor.Take();
            ParsePush();
        }
        else if (action.Is("pop"))
        {
            cursor.Take();
            Pop(cursor.Accept(",") ? cursor.ExpectName("the name of what was pushed").Text : null, action.Position);
        }
        else if (!action.Is(")"))
        {
            Pack = ParseAlignment();
        }
        else
        {
            Pack = 0;
        }

        cursor.Expect(")", "at the end of #pragma pack");
    }

    private void ParsePush()
    {
        (string? name, int pack) = (null, Pack);
        while (cursor.Accept(","))
        {
            if (name is null && cursor.Current.Kind == LayoutTokenKind.Name)
            {
                name = cursor.Take().Text;
            }
            else
            {
                pack = ParseAlignment();
                break;
            }
        }

        _saved.Push((name, Pack));
        Pack = pack;
    }

    private void Pop(string? name, LayoutPosition at)
    {
        if (!_saved.Any(entry => name is null || entry.Name == name))
        {
            throw LayoutErrors.Invalid(at, $"#pragma pack(pop{(name is null ? "" : $", {name}")}) has no push before it");
        }

        (string? Name, int Pack) saved;
        do
        {
            saved = _saved.Pop();
        }
        while (name is not null && saved.Name != name);
        Pack = saved.Pack;
    }

    private int ParseAlignment()
    {
        LayoutPosition at = cursor.Position;
        long alignment = constants.EvaluatePrimary();
        return alignment is 0 or 1 or 2 or 4 or 8 or MaximumPack
            ? (int)alignment
            : throw LayoutErrors.Invalid(at, $"#pragma pack takes 1, 2, 4, 8 or {MaximumPack}, and not {alignment}");
    }

    private void ParseDefine()
    {
        LayoutToken name = cursor.ExpectName("the macro's name");
        constants.Define(name.Text, null);
        if (cursor.Current.Kind == LayoutTokenKind.EndOfDirective)
        {
            return;
        }

        long? value;
        try
        {
            value = constants.EvaluatePrimary();
        }
        catch (IpcException)
        {
            // Text, code or a macro with parameters: a header has those too, and only their use is an error.
            value = null;
        }

        if (cursor.Current.Kind != LayoutTokenKind.EndOfDirective)
        {
            value = null;
            SkipLine();
        }

        constants.Define(name.Text, value);
    }

    private void SkipLine()
    {
        while (cursor.Current.Kind is not (LayoutTokenKind.EndOfDirective or LayoutTokenKind.End))
        {
            cursor.Take();
        }
    }
}
