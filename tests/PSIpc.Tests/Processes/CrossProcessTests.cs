using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>A pwsh as the second process.</summary>
public sealed class CrossProcessTests : SharedMemoryCommandTests
{
    private static readonly string FirstSteps = Path.Combine(Repository.Root, "examples", "first-steps.ps1");

    [Theory]
    [InlineData("-Key", "$key")]
    [InlineData("-Name", "$name")]
    public async Task What_one_process_writes_another_reads(string parameter, string variable)
    {
        string address = $"{parameter} '{(variable == "$key" ? Key : Name)}'";
        ProcessResult wrote = await Pwsh.RunAsync($"New-SharedMemory {address} -Size 1KB -Value 'from another process'; $PID");
        Assert.Equal((0, ""), (wrote.ExitCode, wrote.Error));
        string[] lines = wrote.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["from another process"], Text($"Read-SharedMemory {address}"));
        if (variable == "$key")
        {
            Assert.Equal([lines[^1], "False"], Text($"$s = Get-SharedMemory {address}; $s.CreatorProcessId; $s.CreatorAlive"));
        }
    }

    [Fact]
    public async Task Another_process_changes_what_this_one_reads()
    {
        Text("$null = New-SharedMemory -Key $key -Size 1KB -Value 'before'");

        Assert.Equal(0, (await Pwsh.RunAsync($"Write-SharedMemory -Key {Key} -Value 'after'")).ExitCode);

        Assert.Equal(["after"], Text("Read-SharedMemory -Key $key"));
    }

    [Fact]
    public async Task First_steps_prints_the_seeds_line_and_leaves_nothing()
    {
        ProcessResult result = await ChildProcess.RunAsync(Pwsh.Path, Pwsh.File(FirstSteps));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("data read from shared memory : Linux Programming\n", result.Output, StringComparison.Ordinal);
        Match processes = Regex.Match(result.Output, @"created by process (\d+), last attached by process (?!\1\b)\d+\n");
        Assert.True(processes.Success, result.Output);
        Assert.Empty(SegmentsOf(processes.Groups[1].Value));
    }

    [Theory]
    [InlineData("the segment exists")]
    [InlineData("the job's process exists")]
    [InlineData("the job has written")]
    public async Task First_steps_interrupted_leaves_nothing(string moment)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The moments are read from /proc.");
        for (int round = 0; round < TestTier.Choose(test: 1, ci: 5, soak: 50); round++)
        {
            await using var example = ChildProcess.Start(Pwsh.Path, Pwsh.File(FirstSteps));
            string creator = example.Id.ToString(CultureInfo.InvariantCulture);

            await Until(() => HasExited(example) || moment switch
            {
                "the segment exists" => SegmentsOf(creator).Length > 0,
                "the job's process exists" => ChildrenOf(example).Length > 0,
                _ => SegmentsOf(creator).Any(segment => segment.LastProcess != "0" && segment.LastProcess != creator),
            });
            string[] children = ChildrenOf(example);
            Interrupt(example);
            ProcessResult result = await example.WaitForExitAsync();

            // The exit code depends on the command that PowerShell stops: it is 0 or 1.
            Assert.Equal("", result.Error);
            Assert.Empty(SegmentsOf(creator));
            await Until(() => !children.Any(child => Directory.Exists($"/proc/{child}")));
        }
    }

    [Fact]
    public async Task Another_users_segment_is_denied_by_name_and_left_alone()
    {
        Tool.RequireRoot();
        string setpriv = Tool.Require("setpriv", "util-linux");
        Text("$null = New-SharedMemory -Key $key -Size 64 -Value 'mine'; $null = New-SharedMemory -Name $name -Size 64 -Value 'mine'");

        foreach (string address in new[] { $"-Key {Key}", $"-Name {Name}" })
        {
            string script = $"""
                foreach ($do in {'{'} Read-SharedMemory {address} {'}'}, {'{'} Write-SharedMemory {address} -Value 'theirs' {'}'}, {'{'} Remove-SharedMemory {address} {'}'}) {'{'}
                    try {'{'} $ErrorActionPreference = 'Stop'; & $do;
                        'no error' {'}'} catch {'{'} "$($_.FullyQualifiedErrorId.Split(',')[0]): $($_.Exception.Message)" {'}'}
                {'}'}
                (Get-SharedMemory {address}).Owner
                """;
            ProcessResult result = await ChildProcess.RunAsync(
                setpriv,
                ["--reuid=65534", "--regid=65534", "--clear-groups", Pwsh.Path, .. Pwsh.Command(script)],
                environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });

            string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length == 4, result.Output + result.Error);
            Assert.All(lines[..3], line => Assert.StartsWith("SharedMemoryAccessDenied: ", line, StringComparison.Ordinal));
            Assert.All(lines[..3], line => Assert.Contains("root's with mode 0600", line, StringComparison.Ordinal));
            Assert.Equal("root", lines[3]);
            Assert.Equal(["mine"], Text($"Read-SharedMemory {address}"));
        }
    }

    [Theory]
    [InlineData("shmmni", "2", "1..3 | ForEach-Object { $null = New-SharedMemory -Key (100 + $_) -Size 1 }", "SharedMemoryLimitReached",
        "SHMMNI allows 2")]
    [InlineData("shmall", "2", "$null = New-SharedMemory -Key 100 -Size 1MB", "SharedMemoryLimitReached", "SHMALL: 2 pages")]
    [InlineData("shmmax", "4096", "$null = New-SharedMemory -Key 100 -Size 4097", "SharedMemoryTooLarge",
        "SHMMAX, this system's limit for one segment: 4096 bytes")]
    public async Task A_limit_reached_is_named_with_its_figure(string limit, string value, string script, string id, string words)
    {
        Tool.RequireRoot();
        string unshare = Tool.Require("unshare", "util-linux");

        // In an IPC namespace of the test's own, which takes its segments with it.
        ProcessResult result = await ChildProcess.RunAsync(
            unshare,
            ["--ipc", "sh", "-c", $"echo {value} > /proc/sys/kernel/{limit} && exec \"$0\" \"$@\"", Pwsh.Path,
                .. Pwsh.Command($"{script}; $Error[0].FullyQualifiedErrorId; $Error.Count; $Error[0].Exception.Message")]);

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 3, result.Output + result.Error);
        Assert.StartsWith(id + ",", lines[0], StringComparison.Ordinal);
        Assert.Equal("1", lines[1]);
        Assert.Contains(words, lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_dev_shm_is_an_error_with_the_free_space_and_leaves_nothing()
    {
        Tool.RequireRoot();
        string unshare = Tool.Require("unshare", "util-linux");

        // A /dev/shm of the test's own, one MiB large.
        ProcessResult result = await ChildProcess.RunAsync(
            unshare,
            ["--mount", "sh", "-c", "mount -t tmpfs -o size=1m PSIpc-test /dev/shm && exec \"$0\" \"$@\"", Pwsh.Path, .. Pwsh.Command("""
                $null = New-SharedMemory -Name first -Size 768KB
                $null = New-SharedMemory -Name second -Size 512KB
                "$($Error.Count) $($Error[0].FullyQualifiedErrorId) $($Error[0].Exception.Message)"
                (Get-SharedMemory).Name
                """)]);

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("1 SharedMemoryNoSpace,", lines[0], StringComparison.Ordinal);
        Assert.Contains("262144 bytes free of 1048576", lines[0], StringComparison.Ordinal);
        Assert.Equal(["first"], lines[1..]);
    }

    // By the creator: the same example may run elsewhere on the machine.
    private static (string Id, string LastProcess)[] SegmentsOf(string creator) =>
    [
        .. File.ReadLines("/proc/sysvipc/shm").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[4] == creator)
            .Select(fields => (fields[1], fields[5])),
    ];

    private static string[] ChildrenOf(ChildProcess parent) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(folder => Path.GetFileName(folder))
            .Where(name => char.IsAsciiDigit(name[0]) && ParentOf(name) == parent.Id),
    ];

    // The parent is the second field after the name, which is in parentheses and can have spaces.
    private static int ParentOf(string process)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The process has ended.
            return 0;
        }
    }

    private static void Interrupt(ChildProcess example)
    {
        try
        {
            example.Signal(2);
        }
        catch (Win32Exception) when (HasExited(example))
        {
            // On a busy machine, the example can come to its end first. It leaves nothing then, either.
        }
    }

    private static bool HasExited(ChildProcess child) => !Directory.Exists($"/proc/{child.Id}");

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(ChildProcess.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!condition())
        {
            await tick.WaitForNextTickAsync(patience.Token);
        }
    }
}
