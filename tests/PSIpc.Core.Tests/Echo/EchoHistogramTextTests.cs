using System.Globalization;
using PSIpc.Commands;
using PSIpc.Echo.Load;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

public sealed class EchoHistogramTextTests
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    [Fact]
    public void A_bar_is_as_long_as_its_share()
    {
        IReadOnlyList<string> lines = EchoHistogramText.Render(Histogram((26, 100), (28, 50), (150, 50)), 80, Invariant);

        Assert.Equal(" ≤     30 µs  " + new string('█', 56) + "  75.00 %", lines[0]);
        Assert.Equal(" ≤    150 µs  " + (new string('█', 18) + "▊").PadRight(56) + "  25.00 %", lines[^1]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public void From_nanoseconds_to_half_an_hour_it_has_few_rows()
    {
        IReadOnlyList<string> lines = EchoHistogramText.Render(Histogram((0.001, 1), (1, 1), (1000, 1), (1_800_000_000, 1)), 80, Invariant);

        Assert.InRange(lines.Count, 2, 16);
        Assert.Equal(4, lines.Count(line => line.Contains('█', StringComparison.Ordinal)));
    }

    [Fact]
    public void One_value_is_one_row() => Assert.Single(EchoHistogramText.Render(Histogram((26, 1)), 80, Invariant));

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(200)]
    public void It_fits_the_terminal(int width) =>
        Assert.All(
            EchoHistogramText.Render(Histogram((10, 5), (20, 900)), width, Invariant),
            line => Assert.InRange(line.Length, 1, Math.Max(34, width)));

    [Fact]
    public void A_single_slow_exchange_among_a_million_is_seen() =>
        Assert.Contains(
            "▏", EchoHistogramText.Render(Histogram((20, 1_000_000), (90_000, 1)), 80, Invariant)[^1], StringComparison.Ordinal);

    [Fact]
    public void Numbers_are_the_users() =>
        Assert.Contains(
            "100,00 %", EchoHistogramText.Render(Histogram((20, 1)), 80, CultureInfo.GetCultureInfo("de-DE"))[0], StringComparison.Ordinal);

    [Fact]
    public void Nothing_measured_is_nothing_to_show()
    {
        Assert.Empty(EchoHistogramText.Render(new LatencyHistogram().Encode(), 80, Invariant));
        Assert.Empty(EchoHistogramText.Render(null, 80, Invariant));
    }

    [Theory]
    [InlineData(0.1, "100 ns")]
    [InlineData(1, "1 µs")]
    [InlineData(26.13, "26.1 µs")]
    [InlineData(261.3, "261 µs")]
    [InlineData(1_234, "1.23 ms")]
    [InlineData(61_000_000, "61 s")]
    [InlineData(0, "0 ns")]
    public void Latencies_have_three_digits_and_a_unit(double microseconds, string text) =>
        Assert.Equal(text, EchoHistogramText.Format(TimeSpan.FromMicroseconds(microseconds), Invariant));

    private static string Histogram(params (double Microseconds, int Times)[] values)
    {
        var histogram = new LatencyHistogram();
        foreach ((double microseconds, int times) in values)
        {
            for (int i = 0; i < times; i++)
            {
                histogram.Record((long)(microseconds * 1000));
            }
        }

        return histogram.Encode();
    }
}
