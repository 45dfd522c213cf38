using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>Real segments with programs of other languages on the other side, either side first.</summary>
public sealed class PeerTests : SharedMemoryCommandTests
{
    private const string ReferenceText = "Linux Programming";

    private string DecimalKey => Convert.ToInt32(Key, 16).ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task C_reads_what_PowerShell_wrote()
    {
        string c = CProgram.Compile("shm");
        Text($"$null = New-SharedMemory -Key $key -Size 1024 -Mode 0666 -AllowExisting; Write-SharedMemory -Key $key -Value "
            + $"'{ReferenceText}'");

        Assert.Equal($"{ReferenceText}\n", await Peer(c, "sysv-read", DecimalKey, "1024"));
    }

    [Fact]
    public async Task PowerShell_reads_what_C_wrote()
    {
        string c = CProgram.Compile("shm");
        await Peer(c, "sysv-write", DecimalKey, "1024", ReferenceText);

        Assert.Equal(["False", ReferenceText, "0666"], Text("""
            (New-SharedMemory -Key $key -Size 1024 -Mode 0666 -AllowExisting).Created
            Read-SharedMemory -Key $key
            (Get-SharedMemory -Key $key).Mode
            """));
    }

    [Fact]
    public async Task C_and_PowerShell_share_a_POSIX_object_in_both_directions()
    {
        string c = CProgram.Compile("shm");
        await Peer(c, "posix-write", Name, "4096", ReferenceText);
        Assert.Equal([ReferenceText, "4096"], Text("Read-SharedMemory -Name $name; (Get-SharedMemory -Name $name).Size"));

        Text("Write-SharedMemory -Name $name -Value 'and back'");
        Assert.Equal("and back\n", await Peer(c, "posix-read", Name));
    }

    [Fact]
    public async Task Perl_and_PowerShell_share_a_segment_in_both_directions()
    {
        string perl = Tool.Require("perl", "perl");
        Text("$null = New-SharedMemory -Key $key -Size 1024 -Mode 0666 -Value 'to Perl'");

        Assert.Equal("to Perl\n", await Peer(perl, Script("shm.pl"), "read", DecimalKey, "1024"));
        await Peer(perl, Script("shm.pl"), "write", DecimalKey, "1024", "from Perl");
        Assert.Equal(["from Perl"], Text("Read-SharedMemory -Key $key"));
    }

    [Fact]
    public async Task PowerShell_reads_a_segment_that_Perl_created()
    {
        string perl = Tool.Require("perl", "perl");
        await Peer(perl, Script("shm.pl"), "write", DecimalKey, "1024", "made in Perl");

        Assert.Equal(["made in Perl"], Text("Read-SharedMemory -Key $key"));
    }

    [Fact]
    public async Task Python_and_PowerShell_share_an_object_in_both_directions()
    {
        string python = Tool.Require("python3", "python3");
        Text("$null = New-SharedMemory -Name $name -Size 4096 -Value 'to Python'");

        Assert.Equal("to Python\n", await Peer(python, Script("shm.py"), "read", Name));
        await Peer(python, Script("shm.py"), "write", Name, "from Python");
        Assert.Equal(["from Python"], Text("Read-SharedMemory -Name $name"));
    }

    [Fact]
    public async Task PowerShell_reads_an_object_that_Python_created()
    {
        string python = Tool.Require("python3", "python3");
        await Peer(python, Script("shm.py"), "create", Name, "4096", "made in Python");

        Assert.Equal(["made in Python"], Text("Read-SharedMemory -Name $name"));
    }

    [Fact]
    public async Task Ipcs_agrees_with_the_snapshot()
    {
        string ipcs = Tool.Require("ipcs", "util-linux");
        string c = CProgram.Compile("shm");
        Text("$null = New-SharedMemory -Key $key -Size 12345 -Mode 0640");
        await using var holder = ChildProcess.Start(c, ["sysv-hold", DecimalKey, "12345"]);
        await holder.WaitForLineAsync("attached");

        string[] fields = (await Peer(ipcs, "-m")).Split('\n').Single(line => line.StartsWith(Key, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal([string.Join(' ', fields[..6])], Text("""
            $s = Get-SharedMemory -Key $key
            "$($s.HexKey) $($s.Id) $($s.Owner) $($s.Mode.TrimStart('0')) $($s.Size) $($s.AttachCount)"
            """));
        Assert.Equal([$"{holder.Id}"], Text("(Get-SharedMemory -Key $key).LastProcessId"));
        await holder.Input.WriteLineAsync();
        Assert.Equal(0, (await holder.WaitForExitAsync()).ExitCode);
        Assert.Equal(["0"], Text("(Get-SharedMemory -Key $key).AttachCount"));
    }

    [Fact]
    public async Task A_segment_removed_while_C_is_attached_is_marked_and_then_gone()
    {
        string c = CProgram.Compile("shm");
        Text("$s = New-SharedMemory -Key $key -Size 100 -Mode 0666");
        await using var holder = ChildProcess.Start(c, ["sysv-hold", DecimalKey, "100"]);
        await holder.WaitForLineAsync("attached");
        Text("Remove-SharedMemory -Key $key");

        Assert.Equal(["Dest"], Text("($s | Get-SharedMemory).Status"));
        Fails("$s | Read-SharedMemory", "SharedMemoryMarkedForRemoval", "1 attachment");
        Fails("$s | Remove-SharedMemory", "SharedMemoryMarkedForRemoval");
        Fails("Read-SharedMemory -Key $key", "SharedMemoryNotFound");
        await holder.Input.WriteLineAsync();
        await holder.WaitForExitAsync();
        Fails("$s | Get-SharedMemory", "SharedMemoryNotFound");
    }

    private static async Task<string> Peer(string program, params string[] arguments)
    {
        ProcessResult result = await ChildProcess.RunAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {result.Error}");
        return result.Output;
    }

    private static string Script(string name) => Path.Combine(Repository.Root, "tests", "Peers", name);
}
