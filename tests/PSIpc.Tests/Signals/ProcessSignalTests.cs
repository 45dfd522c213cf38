using System.Diagnostics;
using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

public sealed class ProcessSignalTests : SharedMemoryCommandTests
{
    [Theory]
    [InlineData("Interrupt")]
    [InlineData("sigint")]
    [InlineData("INT")]
    [InlineData("2")]
    public async Task A_signal_has_its_name_its_POSIX_names_and_its_number(string signal)
    {
        await using ChildProcess sleeper = Sleeper();

        Text($"Send-ProcessSignal -Id {sleeper.Id} -Signal {signal}");

        Assert.Equal(130, (await sleeper.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_process_comes_by_pipeline_live_deserialised_or_as_a_number()
    {
        foreach (string process in new[]
        {
            "[Diagnostics.Process]::GetProcessById({0})",
            "[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize([Diagnostics.Process]::GetProcessById({0}), 1))",
            "{0}",
            "[pscustomobject] @{{ ProcessId = {0} }}",
        })
        {
            await using ChildProcess sleeper = Sleeper();
            Text($"{string.Format(CultureInfo.InvariantCulture, process, sleeper.Id)} | Send-ProcessSignal Terminate");
            Assert.Equal(143, (await sleeper.WaitForExitAsync()).ExitCode);
        }
    }

    [Fact]
    public async Task Shared_memory_stands_for_its_creator_and_never_for_the_process_that_has_its_id()
    {
        await using var creator = ChildProcess.Start(CProgram.Compile("shared_memory1"), [Key]);
        await creator.WaitForLineAsync("ready");

        Text("Get-SharedMemory -Key $key | Send-ProcessSignal -Signal Interrupt");

        Assert.Equal(0, (await creator.WaitForExitAsync()).ExitCode);
        Fails("Get-SharedMemory -Key $key", "SharedMemoryNotFound");
        Fails("[pscustomobject] @{ Id = 1 } | Send-ProcessSignal Interrupt", "ProcessIdInvalid");
        Fails("$null = New-SharedMemory -Name $name -Size 8; Get-SharedMemory -Name $name | Send-ProcessSignal Interrupt", "ProcessIdInvalid", "created");
    }

    [Fact]
    public async Task A_creator_that_has_ended_is_not_signalled_whoever_has_its_id_now()
    {
        Assert.Equal(0, (await ChildProcess.RunAsync(CProgram.Compile("shm"), ["sysv-write", Key, "64", "x"])).ExitCode);

        Fails("Get-SharedMemory -Key $key | Send-ProcessSignal Interrupt", "ProcessNotFound", "has ended");
    }

    [Fact]
    public void What_is_no_process_is_refused_before_anything_is_sent()
    {
        Fails("Send-ProcessSignal 0 Interrupt", "ProcessIdInvalid", "group");
        Fails("Send-ProcessSignal -Id -1 -Signal Interrupt", "ProcessIdInvalid", "group");
        Fails("Send-ProcessSignal 2147483647 Interrupt", "ProcessNotFound", "2147483647");
        Fails("Send-ProcessSignal 1 Nonsense", "ParameterArgumentTransformationError", "Interrupt (SIGINT, 2)", "WindowChange");
        Fails("Send-ProcessSignal 1 0", "ParameterArgumentTransformationError");
    }

    [Fact]
    public async Task Somebody_elses_process_is_denied()
    {
        Tool.RequireRoot();
        await using ChildProcess sleeper = Sleeper();
        ProcessResult result = await ChildProcess.RunAsync(
            Tool.Require("setpriv", "util-linux"),
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", Pwsh.Path, .. Pwsh.Command($"Send-ProcessSignal {sleeper.Id} Terminate; $Error[0].FullyQualifiedErrorId")],
            environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });

        Assert.Contains("ProcessAccessDenied,", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_with_WhatIf()
    {
        await using ChildProcess sleeper = Sleeper();
        Text($"Send-ProcessSignal {sleeper.Id} Kill -WhatIf; Send-ProcessSignal {sleeper.Id} Terminate");

        Assert.Equal(143, (await sleeper.WaitForExitAsync()).ExitCode);
    }

    [Theory]
    [InlineData("Interrupt", 2)]
    [InlineData("Terminate", 15)]
    [InlineData("Quit", 3)]
    [InlineData("Hangup", 1)]
    [InlineData("User1", 10)]
    public async Task The_signal_that_came_is_given_and_ends_nothing(string signal, int number)
    {
        await using ChildProcess waiting = await Waiting($"'got ' + (Wait-ProcessSignal -Signal Interrupt, TERM, QUIT, 1, User1 -TimeoutSec 60)");
        waiting.Signal(number);

        ProcessResult result = await waiting.WaitForExitAsync();

        Assert.Equal((0, "", $"got {signal}"), (result.ExitCode, result.Error, result.Output.Trim().Split('\n')[^1]));
    }

    [Fact]
    public async Task What_is_not_waited_for_stops_the_pipeline_as_ever()
    {
        await using ChildProcess waiting = await Waiting("Wait-ProcessSignal -Signal User1; 'not here'");
        waiting.Signal(2);

        ProcessResult result = await waiting.WaitForExitAsync();

        Assert.Equal(130, result.ExitCode);
        Assert.DoesNotContain("not here", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wait_has_its_time_and_refuses_what_no_process_can_catch()
    {
        var watch = Stopwatch.StartNew();
        Fails("Wait-ProcessSignal -Signal User1, User2 -TimeoutSec 0.1", "WaitTimeout", "0.1 s for the signals User1, User2");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.1, 30);
        Fails("Wait-ProcessSignal -Signal Kill", "ProcessSignalNotWaitable", "SIGKILL");
        Fails("Wait-ProcessSignal -Signal Stop", "ProcessSignalNotWaitable", "SIGSTOP");
        Fails("Wait-ProcessSignal -Signal Nonsense", "ParameterArgumentTransformationError", "User2 (SIGUSR2, 12)");
    }

    // A shell's child would have SIGINT ignored in the background: sleep is started directly.
    private static ChildProcess Sleeper() => ChildProcess.Start(Tool.Require("sleep", "coreutils"), ["90"]);

    private static async Task<ChildProcess> Waiting(string script)
    {
        // Blocked signals are shown in /proc, caught ones too: the wait has begun when its own are caught.
        var child = Pwsh.Start($"'begun'; {script}");
        await child.WaitForLineAsync("begun");
        const ulong User1 = 1UL << (10 - 1);
        using var patience = new CancellationTokenSource(ChildProcess.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((Caught(child.Id) & User1) == 0)
        {
            await tick.WaitForNextTickAsync(patience.Token);
        }

        return child;
    }

    private static ulong Caught(int processId) => ulong.Parse(
        File.ReadLines($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/status").Single(line => line.StartsWith("SigCgt:", StringComparison.Ordinal))[7..],
        NumberStyles.AllowHexSpecifier | NumberStyles.AllowLeadingWhite,
        CultureInfo.InvariantCulture);
}
