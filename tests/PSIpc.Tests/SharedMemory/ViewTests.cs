using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>What a person sees, on a screen of 80 columns.</summary>
public sealed class ViewTests : SharedMemoryCommandTests
{
    [Fact]
    public async Task A_table_shows_key_mode_and_size_as_people_write_them_within_80_columns()
    {
        Text("$null = New-SharedMemory -Key $key -Size 1KB -Mode 0640; $null = New-SharedMemory -Name $name -Size 1536KB");

        string[] lines = await Show($"Get-SharedMemory -Key {Key}; Get-SharedMemory -Name {Name}");

        Assert.Equal("Key        Id/Name                Size Mode      Owner    Att   Creator Status", lines[0]);
        Assert.Matches($@"^{Key} \d+ +1 KB rw-r----- \S+ +0 +{Environment.ProcessId} *$", lines[2]);
        Assert.Matches($@"^ {{10}} {Name[..17]}\S* +1\.5 MB rw------- ", lines[3]);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task A_creator_that_is_gone_is_in_parentheses_and_a_mark_is_shown()
    {
        string[] lines = await Show("$s = New-SharedMemory -Private -Size 1; $s | Remove-SharedMemory; 'gone'");
        Assert.Equal(["gone"], lines);
        await Pwsh.RunAsync($"New-SharedMemory -Key {Key} -Size 1");

        Assert.Matches(@" \(\d+\) *$", (await Show($"Get-SharedMemory -Key {Key}"))[2]);
    }

    [Fact]
    public async Task Limits_are_a_list_with_units()
    {
        string[] lines = await Show("Get-SharedMemoryLimit");

        Assert.Contains(lines, line => line.StartsWith("MaxSegments  : ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line == "PosixPath    : /dev/shm");
        Assert.Contains(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, "^PosixSize +: [0-9.]+ [KMGT]B$"));
    }

    [Theory]
    [InlineData("0", "0 B")]
    [InlineData("1023", "1023 B")]
    [InlineData("1024", "1 KB")]
    [InlineData("1536", "1.5 KB")]
    [InlineData("10240", "10 KB")]
    [InlineData("1MB - 1", "1024 KB")]
    [InlineData("256MB", "256 MB")]
    [InlineData("1PB", "1 PB")]
    [InlineData("$null", "")]
    [InlineData("'text'", "")]
    public void A_size_has_a_unit(string size, string text) => Assert.Equal([text], Text($"[PSIpc.Commands.Display]::Size(({size}))"));

    [Fact]
    public void A_mode_looks_the_same_after_remoting() =>
        Assert.Equal(["rw-r-----"], Text("[PSIpc.Commands.Display]::Mode('GroupRead, UserWrite, UserRead')"));

    [Fact]
    public void A_view_never_fails_on_a_half_filled_object() =>
        Assert.Equal(["", "", "", ""], Text("[PSIpc.Commands.Display]::Key($null); [PSIpc.Commands.Display]::Mode('x'); [PSIpc.Commands.Display]::Process($null, $null); [PSIpc.Commands.Display]::Limit($null)"));

    private static async Task<string[]> Show(string command)
    {
        ProcessResult result = await ChildProcess.RunAsync(Pwsh.Path, Pwsh.Command(command), environment: new Dictionary<string, string?> { ["COLUMNS"] = null, ["LC_ALL"] = "C.UTF-8" });
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
