using System.Globalization;
using System.Numerics;

namespace PSIpc.Layout.Declarations;

/// <summary>Reads C declarations (C11 6.7, with GCC's attributes and pragmas) and makes the layout of them.</summary>
internal sealed class LayoutParser
{
    private const int MaximumDepth = 32;
    private const int MaximumDimensions = 16;

    private readonly CDataModel _rules;
    private readonly LayoutCursor _cursor;
    private readonly ConstantExpressionParser _constants;
    private readonly LayoutDirectives _directives;
    private readonly Dictionary<string, LayoutType> _typedefs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LayoutType> _tags = new(StringComparer.Ordinal);
    private MemoryLayout? _last;
    private int _depth;

    internal LayoutParser(string text, CDataModel rules)
    {
        _rules = rules;
        _cursor = new(LayoutLexer.Tokenize(text));
        _constants = new(_cursor, ParseTypeName);
        _directives = new(_cursor, _constants);
    }

    /// <summary>Reads everything: fields, or definitions of which the last is the layout.</summary>
    internal MemoryLayout Parse()
    {
        LayoutPosition start = _cursor.Position;
        var members = new List<LayoutMember>();
        int pack = 0;
        while (!_cursor.AtEnd)
        {
            int before = members.Count;
            ParseLine(members);
            if (before == 0)
            {
                pack = _directives.Pack;
            }
            else if (members.Count > before && _directives.Pack != pack)
            {
                throw LayoutErrors.Invalid(
                    members[before].Position,
                    $"fields without a struct have one #pragma pack, which is {Pack(pack)} at the first and {Pack(_directives.Pack)} "
                        + "here: put them in structs");
            }
        }

        // One anonymous struct on its own is the layout, not a member of one.
        return members is [{ Name: null }] ? _last!
            : members.Count > 0 ? CDataModel.Place("", isUnion: false, members, default, pack, start)
            : _last ?? throw LayoutErrors.Expected(_cursor.Current, "declarations such as 'int32_t id; char name[32];'");
    }

    private static string Pack(int pack) => pack == 0 ? "the default" : pack.ToString(CultureInfo.InvariantCulture);

    private void ParseLine(List<LayoutMember> members)
    {
        if (_cursor.Current.Kind == LayoutTokenKind.Directive)
        {
            _directives.Parse();
        }
        else if (!_cursor.Accept(";"))
        {
            ParseDeclaration(members);
        }
    }

    private void ParseDeclaration(List<LayoutMember> members)
    {
        LayoutPosition start = _cursor.Position;
        Specifiers specifiers = ParseSpecifiers();
        if (_cursor.Current.Is(";"))
        {
            if (specifiers.IsAnonymous && !specifiers.IsTypedef)
            {
                members.Add(new(null, specifiers.Type!, specifiers.Attributes.And(LayoutAttributes.Aligned(specifiers.AlignAs)), start));
            }
            else if (!specifiers.IsDefinition)
            {
                throw LayoutErrors.Expected(_cursor.Current, "a name after the type");
            }
        }
        else
        {
            do
            {
                ParseDeclarator(specifiers, members);
            }
            while (_cursor.Accept(","));
        }

        _cursor.Expect(";", "at the end of the declaration");
    }

    private void ParseDeclarator(Specifiers specifiers, List<LayoutMember> members)
    {
        LayoutAttributes before = ParseAttributes();
        if (_cursor.Current.Is("*") || _cursor.Current.Is("("))
        {
            throw LayoutErrors.Unsupported(
                _cursor.Position, "a pointer means nothing in another process and is not followed: declare uintptr_t for its bits");
        }

        LayoutType element = specifiers.Type ?? throw LayoutErrors.Invalid(
            specifiers.Position, $"'{specifiers.Unknown}' has no members here: it must be defined before it is used");
        if (_cursor.Current.Is(":"))
        {
            throw BitField();
        }

        LayoutToken name = _cursor.ExpectName(specifiers.IsTypedef ? "the typedef's name" : "a field's name");
        LayoutType type = ParseDimensions(element);
        if (_cursor.Current.Is(":"))
        {
            throw BitField();
        }

        LayoutAttributes after = ParseAttributes();
        if (specifiers.IsTypedef)
        {
            // In GCC's order: what stands before the name counts last.
            DefineType(name, type, after.And(specifiers.Attributes).And(before));
            return;
        }

        if (specifiers.AlignAs is not 0 && specifiers.AlignAs < type.Alignment)
        {
            throw LayoutErrors.Invalid(
                name.Position, $"_Alignas({specifiers.AlignAs}) cannot reduce the alignment of '{name.Text}', which is {type.Alignment}");
        }

        LayoutAttributes attributes = specifiers.Attributes.And(before).And(after).And(LayoutAttributes.Aligned(specifiers.AlignAs));
        members.Add(new(name.Text, type, attributes, name.Position));
    }

    private IpcException BitField() => LayoutErrors.Unsupported(
        _cursor.Position, "bit-fields are not read: declare the integer that holds them, and take the bits from it");

    private void DefineType(LayoutToken name, LayoutType type, LayoutAttributes attributes)
    {
        if (attributes.Packed)
        {
            throw LayoutErrors.Invalid(
                name.Position, "the compiler ignores 'packed' of a typedef's name: write it right after the struct's '}'");
        }

        if (_typedefs.ContainsKey(name.Text))
        {
            throw LayoutErrors.Invalid(name.Position, $"the type '{name.Text}' is defined already");
        }

        type = attributes.Latest == 0 ? type : type with { Alignment = attributes.Latest };
        if (type.Layout is { } layout && type.Dimensions.IsEmpty)
        {
            _last = layout = new(layout.Name.Length == 0 ? name.Text : layout.Name, layout.Size, type.Alignment, layout.Fields);
            type = type with { Name = layout.Name == name.Text ? name.Text : type.Name, Layout = layout };
        }

        _typedefs.Add(name.Text, type);
    }

    private LayoutType ParseDimensions(LayoutType element)
    {
        var dimensions = new Stack<(long Length, LayoutPosition Position)>();
        while (_cursor.Current.Is("["))
        {
            LayoutPosition at = _cursor.Take().Position;
            if (_cursor.Current.Is("]"))
            {
                throw LayoutErrors.Unsupported(at, "a flexible array has no size of its own: give the number of elements");
            }

            dimensions.Push((_constants.Evaluate(), at));
            _cursor.Expect("]", "after the number of elements");
            if (dimensions.Count + element.Dimensions.Length > MaximumDimensions)
            {
                throw LayoutErrors.TooLarge(at, $"arrays have at most {MaximumDimensions} dimensions");
            }
        }

        // The innermost dimension is the one that stands last.
        return dimensions.Aggregate(element, static (type, dimension) => type.Array(dimension.Length, dimension.Position));
    }

    private LayoutType ParseTypeName()
    {
        Specifiers specifiers = ParseSpecifiers();
        if (_cursor.Current.Is("*"))
        {
            throw LayoutErrors.Unsupported(_cursor.Position, "pointers are not read: write sizeof(uintptr_t)");
        }

        return ParseDimensions(specifiers.Type ?? throw LayoutErrors.Invalid(specifiers.Position, $"'{specifiers.Unknown}' must be "
            + "defined before it is used"));
    }

    private Specifiers ParseSpecifiers()
    {
        var specifiers = new Specifiers { Position = _cursor.Position };
        var words = new TypeSpecifiers();
        while (ParseSpecifier(specifiers, words))
        {
            // Qualifiers, attributes and the words of the type come in any order.
        }

        if (!specifiers.HasType)
        {
            specifiers.Type = words.Resolve(_rules, _cursor.Current);
        }

        return specifiers.IsTypedef && specifiers.AlignAs > 0
            ? throw LayoutErrors.Invalid(specifiers.Position, "C does not allow _Alignas in a typedef: write __attribute__((aligned(n)))")
            : specifiers;
    }

    private bool ParseSpecifier(Specifiers specifiers, TypeSpecifiers words)
    {
        LayoutToken token = _cursor.Current;
        switch (token.Kind == LayoutTokenKind.Name ? token.Text : "")
        {
            case "const" or "volatile" or "__const" or "__const__" or "__volatile" or "__volatile__" or "__extension__":
                _cursor.Take();
                return true;
            case "typedef" when !specifiers.IsTypedef && _depth == 0:
                _cursor.Take();
                specifiers.IsTypedef = true;
                return true;
            case "__attribute__" or "__attribute":
                specifiers.Attributes = specifiers.Attributes.And(ParseAttributes());
                return true;
            case "_Alignas" or "alignas":
                specifiers.AlignAs = Math.Max(specifiers.AlignAs, ParseAlignAs());
                return true;
            case "struct" or "union" when !specifiers.HasType && words.IsEmpty:
                ParseStructure(specifiers);
                return true;
            default:
                // Once there is a type, the name of another one is a field's own name.
                if (specifiers.HasType)
                {
                    return false;
                }

                if (!words.TryAdd(token))
                {
                    specifiers.Type = words.IsEmpty && token.Kind == LayoutTokenKind.Name ? FindType(token.Text) : null;
                    if (!specifiers.HasType)
                    {
                        return false;
                    }
                }

                _cursor.Take();
                return true;
        }
    }

    private LayoutType? FindType(string name) => _typedefs.GetValueOrDefault(name) ?? _rules.Find(name);

    private void ParseStructure(Specifiers specifiers)
    {
        LayoutToken keyword = _cursor.Take();
        LayoutAttributes attributes = ParseAttributes();
        LayoutToken? tag = _cursor.Current.Is("{") ? null : _cursor.ExpectName($"'{{' or a name after {keyword.Text}");
        string name = $"{keyword.Text} {tag?.Text}".TrimEnd();
        if (!_cursor.Current.Is("{"))
        {
            specifiers.IsDefinition = true;
            ReferTo(name, tag!.Value, specifiers);
            return;
        }

        List<LayoutMember> members = ParseMembers(name);
        attributes = attributes.And(ParseAttributes());
        _last = CDataModel.Place(tag?.Text ?? "", keyword.Text == "union", members, attributes, _directives.Pack, keyword.Position);
        specifiers.Type = LayoutType.Structure(name, _last);
        specifiers.IsDefinition = tag is not null;
        specifiers.IsAnonymous = tag is null;
        if (tag is { } defined && !_tags.TryAdd(defined.Text, specifiers.Type))
        {
            throw LayoutErrors.Invalid(defined.Position, $"'{_tags[defined.Text].Name}' is defined already");
        }
    }

    private void ReferTo(string name, LayoutToken tag, Specifiers specifiers)
    {
        if (!_tags.TryGetValue(tag.Text, out LayoutType? type))
        {
            specifiers.Unknown = name;
        }
        else if (type.Name == name)
        {
            specifiers.Type = type;
        }
        else
        {
            throw LayoutErrors.Invalid(tag.Position, $"'{type.Name}' is what was defined, and not '{name}'");
        }
    }

    private List<LayoutMember> ParseMembers(string name)
    {
        LayoutPosition start = _cursor.Take().Position;
        if (++_depth > MaximumDepth)
        {
            throw LayoutErrors.TooLarge(start, $"structs nest {MaximumDepth} levels deep, and this one further");
        }

        var members = new List<LayoutMember>();
        while (!_cursor.Current.Is("}"))
        {
            if (_cursor.AtEnd)
            {
                throw LayoutErrors.Expected(_cursor.Current, $"'}}' for the '{{' in line {start.Line}, column {start.Column}");
            }

            ParseLine(members);
        }

        _cursor.Take();
        _depth--;
        return members.Count > 0 ? members : throw LayoutErrors.Unsupported(start, $"'{name}' has no members, and so no size in C");
    }

    private int ParseAlignAs()
    {
        _cursor.Take();
        _cursor.Expect("(", "after _Alignas");
        LayoutPosition at = _cursor.Position;
        bool isType = _cursor.Current is { Kind: LayoutTokenKind.Name } token
            && (TypeSpecifiers.Has(token.Text)
                || token.Text is "struct" or "union" or "const" or "volatile"
                || FindType(token.Text) is not null);
        long alignment = isType ? ParseTypeName().Alignment : _constants.Evaluate();
        _cursor.Expect(")", "after the alignment");

        // C11 6.7.5: an alignment of zero has no effect.
        return alignment == 0 ? 0 : CheckAlignment(alignment, at);
    }

    private static int CheckAlignment(long alignment, LayoutPosition at) =>
        alignment is > 0 and <= CDataModel.MaximumAlignment && BitOperations.IsPow2(alignment)
            ? (int)alignment
            : throw LayoutErrors.Invalid(
                at, $"an alignment is a power of two from 1 to {CDataModel.MaximumAlignment}, and not {alignment}");

    private LayoutAttributes ParseAttributes()
    {
        LayoutAttributes attributes = default;
        while (_cursor.Accept("__attribute__") || _cursor.Accept("__attribute"))
        {
            _cursor.Expect("(", "after __attribute__");
            _cursor.Expect("(", "after __attribute__(");
            do
            {
                attributes = attributes.And(ParseAttribute());
            }
            while (_cursor.Accept(","));
            _cursor.Expect(")", "after the attribute");
            _cursor.Expect(")", "after the attribute");
        }

        return attributes;
    }

    private LayoutAttributes ParseAttribute()
    {
        LayoutToken token = _cursor.Current;
        switch (token.Text.Trim('_'))
        {
            case "" or ")" or ",":
                return default;
            case "packed":
                _cursor.Take();
                return new(true, 0, 0);
            case "aligned":
                _cursor.Take();
                return LayoutAttributes.Aligned(ParseAligned());
            case "unused" or "deprecated" or "may_alias":
                _cursor.Take();
                return default;
            default:
                throw LayoutErrors.Unsupported(
                    token.Position, $"the attribute {token} is not read, and might change the layout: only packed and aligned are");
        }
    }

    private int ParseAligned()
    {
        if (!_cursor.Accept("("))
        {
            return CDataModel.BiggestAlignment;
        }

        LayoutPosition at = _cursor.Position;
        long alignment = _constants.Evaluate();
        _cursor.Expect(")", "after the alignment");
        return CheckAlignment(alignment, at);
    }

    private sealed class Specifiers
    {
        internal required LayoutPosition Position { get; init; }

        internal LayoutType? Type { get; set; }

        /// <summary>A struct that is named and not yet defined.</summary>
        internal string? Unknown { get; set; }

        internal LayoutAttributes Attributes { get; set; }

        internal int AlignAs { get; set; }

        internal bool HasType => Type is not null || Unknown is not null;

        internal bool IsTypedef { get; set; }

        /// <summary>Whether it means something without a declarator: a struct with a tag.</summary>
        internal bool IsDefinition { get; set; }

        /// <summary>A struct without a tag: without a declarator too, its members are those of what it stands in.</summary>
        internal bool IsAnonymous { get; set; }
    }
}
