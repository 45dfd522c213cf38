using System.Globalization;
using PSIpc.Objects;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain, 한글, é, \U0001f600, `$", "plain, 한글, é, \U0001f600, `$")]
    [InlineData("a\u001b]0;owned\ab", "a`e]0;owned`ab")]
    [InlineData("\0\b\t\n\v\f\r", "`0`b`t`n`v`f`r")]
    [InlineData("\u007f\u0085\u009b31m", "`u{7f}`u{85}`u{9b}31m")]
    [InlineData("a\u202eb\u2066c\u200fd", "a`u{202e}b`u{2066}c`u{200f}d")]
    [InlineData("a\u2028b\ufeff\U000e0041", "a`u{2028}b`u{feff}`u{e0041}")]
    public void Escape_shows_what_a_terminal_would_obey(string text, string shown) => Assert.Equal(shown, DisplayText.Escape(text));

    [Fact]
    public void Escape_shows_half_a_surrogate() => Assert.Equal("a`u{d83d}b", DisplayText.Escape("a\ud83db"));

    [Fact]
    public void Escape_leaves_no_control_or_format_character()
    {
        string all = string.Concat(Enumerable.Range(0, 0x10000).Select(static code => (char)code));

        Assert.All(DisplayText.Escape(all).EnumerateRunes(), static rune => Assert.False(
            System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
    }

    [Fact]
    public void Messages_of_exceptions_and_text_of_addresses_are_escaped_and_names_are_not()
    {
        const string Name = "x\u001b]0;owned\a";
        var address = IpcAddress.FromName(Name);

        Assert.Equal(Name, address.Name);
        Assert.Equal("name 'x`e]0;owned`a'", $"{address}");
        Assert.Equal("no 'x`e]0;owned`a'", new IpcException(IpcErrorReason.NativeError, $"no '{Name}'").Message);
    }
}
