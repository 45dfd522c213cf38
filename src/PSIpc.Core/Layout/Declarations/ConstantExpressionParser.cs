using System.Globalization;

namespace PSIpc.Layout.Declarations;

/// <summary>Integer constant expressions (C11 6.6) and the names that stand for them.</summary>
internal sealed class ConstantExpressionParser(LayoutCursor cursor, Func<LayoutType> parseTypeName)
{
    private const int MaximumDepth = 64;

    /// <summary>From weak to strong; within a row from left to right.</summary>
    private static readonly string[][] Operators = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

    // A name without a value was defined as something else, and is an error only where it is used.
    private readonly Dictionary<string, long?> _names = new(StringComparer.Ordinal);
    private int _depth;

    internal void Define(string name, long? value) => _names[name] = value;

    internal void Undefine(string name) => _names.Remove(name);

    internal long Evaluate() => Guarded(() => Binary(0));

    /// <summary>
    /// One number, one name or an expression in parentheses: what a macro may be without changing its meaning where it is used.
    /// </summary>
    internal long EvaluatePrimary() => Guarded(Primary);

    private long Guarded(Func<long> parse)
    {
        LayoutPosition start = cursor.Position;
        try
        {
            return parse();
        }
        catch (OverflowException)
        {
            throw LayoutErrors.Invalid(start, "this expression overflows 64 bits");
        }
    }

    private long Primary()
    {
        LayoutToken token = cursor.Current;
        switch (token.Kind)
        {
            case LayoutTokenKind.Number:
                cursor.Take();
                return Number(token);
            case LayoutTokenKind.Name when token.Text is "sizeof":
                cursor.Take();
                cursor.Expect("(", "after sizeof");
                long size = Nested(() => parseTypeName().Size);
                cursor.Expect(")", "after the type");
                return size;
            case LayoutTokenKind.Name when _names.TryGetValue(token.Text, out long? value):
                cursor.Take();
                return value ?? throw LayoutErrors.Invalid(
                    token.Position, $"'{token.Text}' is defined as something else than one number or an expression in parentheses");
            case LayoutTokenKind.Name:
                throw LayoutErrors.Invalid(
                    token.Position, $"'{token.Text}' is no known constant: expected a number, or a name from #define");
            default:
                if (cursor.Accept("("))
                {
                    long inner = Nested(() => Binary(0));
                    cursor.Expect(")", "after the expression");
                    return inner;
                }

                throw LayoutErrors.Expected(token, "an integer constant");
        }
    }

    private static long Number(LayoutToken token)
    {
        string text = token.Text.ToUpperInvariant();
        string digits = text.TrimEnd('U', 'L');
        (int radix, string body) = digits switch
        {
            ['0', 'X', .. var hexadecimal] => (16, hexadecimal),
            ['0', 'B', .. var binary] => (2, binary),
            ['0', _, ..] => (8, digits[1..]),
            _ => (10, digits),
        };
        if (text[digits.Length..] is not ("" or "U" or "L" or "UL" or "LU" or "LL" or "ULL" or "LLU") || body.Length == 0)
        {
            throw Bad();
        }

        long value = 0;
        foreach (char letter in body)
        {
            int digit = char.IsAsciiHexDigit(letter) ? Convert.ToInt32(letter.ToString(CultureInfo.InvariantCulture), 16) : radix;
            value = digit < radix ? checked((value * radix) + digit) : throw Bad();
        }

        return value;

        IpcException Bad() =>
            LayoutErrors.Invalid(
                token.Position, $"'{token.Text}' is no integer: expected decimal, 0x hexadecimal, 0 octal or 0b binary digits");
    }

    private long Binary(int level)
    {
        if (level == Operators.Length)
        {
            return Unary();
        }

        long left = Binary(level + 1);
        while (Array.Find(Operators[level], cursor.Current.Is) is { } operation)
        {
            LayoutPosition at = cursor.Take().Position;
            left = Apply(operation, left, Binary(level + 1), at);
        }

        return left;
    }

    private static long Apply(string operation, long left, long right, LayoutPosition at) => checked(operation switch
    {
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "<<" when right is >= 0 and < 63 => left * (1L << (int)right),
        ">>" when right is >= 0 and < 63 => left >> (int)right,
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" when right != 0 => left / right,
        "%" when right != 0 => left % right,
        _ => throw LayoutErrors.Invalid(at, operation is "/" or "%" ? "this divides by zero" : $"this shifts by {right}"),
    });

    private long Unary() =>
        cursor.Accept("-") ? Nested(() => checked(-Unary()))
        : cursor.Accept("+") ? Nested(Unary)
        : cursor.Accept("~") ? Nested(() => ~Unary())
        : Primary();

    // The depth is the stack's: hostile text must not end the process.
    private long Nested(Func<long> parse)
    {
        if (++_depth > MaximumDepth)
        {
            throw LayoutErrors.TooLarge(cursor.Position, $"expressions go {MaximumDepth} levels deep, and this one further");
        }

        try
        {
            return parse();
        }
        finally
        {
            _depth--;
        }
    }
}
