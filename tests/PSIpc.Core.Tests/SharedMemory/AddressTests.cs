using System.Globalization;
using PSIpc.Objects;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("1234", 1234)]
    [InlineData("0x4d2", 1234)]
    [InlineData("0X000004D2", 1234)]
    [InlineData(" 1234 ", 1234)]
    [InlineData("-1", -1)]
    [InlineData("0xffffffff", -1)]
    [InlineData("4294967295", -1)]
    [InlineData("-2147483648", int.MinValue)]
    public void A_key_is_a_number_or_hexadecimal(string text, int key) => Assert.Equal(key, SystemVKey.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("12 34")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("0x")]
    [InlineData("0x1ffffffff")]
    [InlineData("4294967296")]
    [InlineData("-2147483649")]
    [InlineData("0")]
    [InlineData("0x0")]
    [InlineData("ftok:")]
    [InlineData("ftok:/tmp")]
    [InlineData("ftok:,1")]
    [InlineData("ftok:/tmp,0")]
    [InlineData("ftok:/tmp,256")]
    [InlineData("ftok:/tmp,ab")]
    [InlineData("ftok:/tmp,é")]
    [InlineData("ftok:/tmp\0x,1")]
    public void What_is_no_key_is_refused_with_its_text(string text) =>
        Throws.Ipc(
            IpcErrorReason.SharedMemoryKeyInvalid, () => SystemVKey.Parse(text), $"'{text.Replace("\0", "`0", StringComparison.Ordinal)}'");

    [Fact]
    public void An_ftok_path_that_does_not_exist_has_an_error_of_its_own() => Throws.Ipc(
        OperatingSystem.IsWindows() ? IpcErrorReason.PlatformNotSupported : IpcErrorReason.SharedMemoryKeyPathNotFound,
        () => SystemVKey.Parse("ftok:/no/such/file,1"),
        OperatingSystem.IsWindows() ? "Windows has no System V" : "/no/such/file");

    [Fact]
    public async Task Ftok_is_what_other_languages_make_of_it()
    {
        string perl = Tool.Require("perl", "perl");
        string path = Path.GetTempFileName();
        try
        {
            ProcessResult result = await ChildProcess.RunAsync(perl, ["-MIPC::SysV=ftok", "-e", "print ftok($ARGV[0], 65)", path]);
            int expected = (int)long.Parse(result.Output, CultureInfo.InvariantCulture);

            Assert.Equal(expected, SystemVKey.Parse($"ftok:{path},65"));
            Assert.Equal(expected, SystemVKey.Parse($"FTOK:{path}, A"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/x", "'x'")]
    [InlineData("a/b", "slash")]
    [InlineData("/", "slash")]
    [InlineData("a\\b", "slash")]
    [InlineData("..", "folder")]
    [InlineData(".", "folder")]
    [InlineData("a\0b", "NUL")]
    public void What_is_no_name_is_refused_with_the_reason(string name, string why) =>
        Throws.Ipc(IpcErrorReason.SharedMemoryNameInvalid, () => IpcAddress.FromName(name), why);

    // No inline data: an attribute cannot hold such text.
    [Fact]
    public void Half_a_surrogate_pair_is_no_name()
    {
        foreach (string name in new[] { "a\ud800", "\udc00a", "\udc00\ud800" })
        {
            Throws.Ipc(IpcErrorReason.SharedMemoryNameInvalid, () => IpcAddress.FromName(name), "surrogate");
        }

        Assert.Equal("\ud83d\ude42", IpcAddress.FromName("\ud83d\ude42").Name);
    }

    [Fact]
    public void A_name_has_at_most_as_many_bytes_as_the_system_takes_whatever_its_characters()
    {
        int most = OperatingSystem.IsMacOS() ? 30 : 255;

        Assert.Equal(most, IpcAddress.FromName(new string('x', most)).Name!.Length);
        Throws.Ipc(IpcErrorReason.SharedMemoryNameInvalid, () => IpcAddress.FromName(new string('x', most + 1)), $"{most + 1}", $"{most}");
        Throws.Ipc(IpcErrorReason.SharedMemoryNameInvalid, () => IpcAddress.FromName(new string('한', (most / 3) + 1)), $"{most + 3}");
    }

    [Theory]
    [InlineData("0600", 0b110_000_000)]
    [InlineData("600", 0b110_000_000)]
    [InlineData("0666", 0b110_110_110)]
    [InlineData("777", 0b111_111_111)]
    [InlineData("0", 0)]
    [InlineData("0000", 0)]
    [InlineData("0o640", 0b110_100_000)]
    public void A_mode_is_octal_digits(string text, int mode) => Assert.Equal((UnixFileMode)mode, UnixMode.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("0o")]
    [InlineData("0o9")]
    [InlineData("1000")]
    [InlineData("00600")]
    [InlineData("-600")]
    [InlineData("rw-------x")]
    [InlineData("wr-------")]
    [InlineData("rw")]
    [InlineData("99999999999999999999")]
    public void What_is_no_mode_is_refused(string text) =>
        Throws.Ipc(IpcErrorReason.SharedMemoryModeInvalid, () => UnixMode.Parse(text), $"'{text}'");

    [Theory]
    [InlineData(0b110_100_000, "rw-r-----")]
    [InlineData(0b111_111_111, "rwxrwxrwx")]
    [InlineData(0, "---------")]
    public void A_mode_is_written_and_read_as_ls_shows_it(int mode, string text) =>
        Assert.Equal((text, (UnixFileMode)mode), (UnixMode.Format((UnixFileMode)mode), UnixMode.Parse(text)));

    [Fact]
    public void A_mode_is_written_in_four_octal_digits() =>
        Assert.Equal(("0640", "0000"), (UnixMode.ToOctal((UnixFileMode)0b110_100_000), UnixMode.ToOctal(0)));

    [Fact]
    public void An_address_says_what_it_is()
    {
        Assert.Equal("key 0x000004d2", IpcAddress.FromKey(1234).ToString());
        Assert.Equal("id 65538", IpcAddress.FromId(65538).ToString());
        Assert.Equal("name 'x'", IpcAddress.FromName("x").ToString());
    }
}
