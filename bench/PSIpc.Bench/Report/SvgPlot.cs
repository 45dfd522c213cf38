using System.Globalization;
using System.Text;

namespace PSIpc.Bench;

/// <summary>A plot of two lines over logarithmic axes.</summary>
internal static class SvgPlot
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Left = 90;
    private const int Right = 20;
    private const int Top = 50;
    private const int Bottom = 50;

    /// <summary>The SVG document of a growth.</summary>
    internal static string Draw(GrowthResult result)
    {
        double[] steps = [.. result.Growth.Steps.Select(step => (double)step)];
        Line[] lines =
        [
            new("PSIpc", "#0b62a4", [.. result.Pairs.Select(pair => pair.Ours)]),
            new(result.Growth.Beside, "#c4561a", [.. result.Pairs.Select(pair => pair.Theirs)]),
        ];
        Axis across = Axis.Decades([steps[0], steps[^1]], Left, Width - Right);
        Axis up = Axis.Decades([.. lines.SelectMany(line => line.Values)], Height - Bottom, Top);
        var svg = new StringBuilder();
        Append(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Append(svg, $"""<rect width="{Width}" height="{Height}" fill="#ffffff"/>""");
        Append(svg, $"""<text x="{Left}" y="20" font-size="14">{Escape(result.Growth.Title)}</text>""");
        Append(svg, $"""<text x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle">{Escape(result.Growth.Quantity)}</text>""");
        foreach (double tick in up.Ticks)
        {
            Append(svg, $"""<path d="M{Left} {up.Place(tick):F1}H{Width - Right}" stroke="#dddddd"/>""");
            Append(svg, $"""<text x="{Left - 6}" y="{up.Place(tick) + 4:F1}" text-anchor="end">{Escape(result.Pairs[0].Unit.Format(tick))}</text>""");
        }

        for (int i = 0; i < steps.Length; i++)
        {
            Append(svg, $"""<path d="M{across.Place(steps[i]):F1} {Top}V{Height - Bottom}" stroke="#eeeeee"/>""");
            Append(svg, $"""<text x="{across.Place(steps[i]):F1}" y="{Height - Bottom + 18}" text-anchor="middle">{Escape(result.Growth.Label(result.Growth.Steps[i]))}</text>""");
        }

        for (int i = 0; i < lines.Length; i++)
        {
            (string name, string colour, double[] values) = lines[i];
            string points = string.Join(' ', values.Select((value, at) => string.Create(CultureInfo.InvariantCulture, $"{across.Place(steps[at]):F1},{up.Place(value):F1}")));
            Append(svg, $"""<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>""");
            Append(svg, $"""<text x="{Left + (i * 220)}" y="40" fill="{colour}">{Escape(name)}</text>""");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString element) =>
        svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Escape(string text) => System.Security.SecurityElement.Escape(text);

    private sealed record Line(string Name, string Colour, double[] Values);

    /// <summary>Where values stand between two places, by their logarithm.</summary>
    private sealed record Axis(double Least, double Greatest, double From, double To)
    {
        /// <summary>The powers of ten from end to end.</summary>
        internal IEnumerable<double> Ticks
        {
            get
            {
                for (double exponent = Math.Ceiling(Math.Log10(Least) - 1e-9); exponent <= Math.Log10(Greatest) + 1e-9; exponent++)
                {
                    yield return Math.Pow(10, exponent);
                }
            }
        }

        /// <summary>Wide enough for the values: to whole powers of ten upwards, and as they are along.</summary>
        internal static Axis Decades(double[] values, double from, double to) => from < to
            ? new Axis(values.Min(), Math.Max(values.Max(), values.Min() * 10), from, to)
            : new Axis(Math.Pow(10, Math.Floor(Math.Log10(values.Min()))), Math.Pow(10, Math.Ceiling(Math.Log10(values.Max()) + 1e-9)), from, to);

        internal double Place(double value) => From + ((To - From) * (Math.Log10(value) - Math.Log10(Least)) / (Math.Log10(Greatest) - Math.Log10(Least)));
    }
}
