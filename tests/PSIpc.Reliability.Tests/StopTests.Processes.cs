using System.Diagnostics;
using System.Globalization;
using PSIpc.Echo.Server;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <content>Ctrl+C in pwsh, and what stops pipelines in pwsh: Stop-Job and Select-Object.</content>
public sealed partial class StopTests
{
    // Each gives objects; Select-Object stops it in the middle.
    private static readonly string[] Producers =
    [
        "New-SharedMemory $new 4096; New-SharedMemory -Name \"$name-new\" -Size 4096",
        "Get-SharedMemory $key, $key, $key",
        "Get-SharedMemory -IncludeProcess -WarningAction Ignore",
        "Get-SharedMemoryLimit",
        "Read-SharedMemory $key -As Byte -Count 64KB",
        "Read-SharedMemory $key -Layout 'int32_t id; char name[12];' -Count 4000",
        "1..1000 | Write-SharedMemory $key -As Int32 -PassThru",
        "Connect-SharedMemory $key, $key, $key, $key",
        "Lock-SharedMemory $key -PassThru; Lock-SharedMemory -Name $name -PassThru",
        "$key, $key, $key | Wait-SharedMemory",
        "Start-EchoServer; Start-EchoServer -Udp; Start-EchoServer -Path $path",
        "Start-EchoServer; Start-EchoServer -Udp | Stop-EchoServer -PassThru",
        "Get-EchoServer",
        "'a', 'b', 'c', 'd' | Send-EchoMessage -Port $server.Port",
        "$server | Receive-EchoMessage",
        "$server, $server, $server | Measure-EchoServer -Count 100",
        "1..4 | ForEach-Object { $measurement, $measurement | Merge-EchoMeasurement }",
    ];

    [Fact]
    public async Task An_interrupted_command_ends_at_once_and_runs_its_finally()
    {
        await LeaveTheMemory();
        List<(TimeSpan Time, string Script)> times = [];
        int turn = Random.Next(Scripts.Length);
        await Soak.Repeat(4, 10 * Scripts.Length, Share * 0.2, async _ =>
        {
            string script = Scripts[turn++ % Scripts.Length];
            await using ChildProcess command = Pwsh.Start($$"""
                {{ServerSetup}}
                try { 'begun'; & { {{script}} } | Out-Null; 'never' } finally { {{GiveBack}}; [Console]::WriteLine('given back') }
                """);
            await command.WaitForLineAsync("begun");
            await Task.Delay(Random.Next(LongestDelayMilliseconds));
            long interrupted = Stopwatch.GetTimestamp();
            command.Signal(2);
            Task<ProcessResult> ending = command.WaitForExitAsync();
            if (await Task.WhenAny(ending, Task.Delay(Forgotten)) != ending)
            {
                // PowerShell's engine can lose a stop.
                command.Kill();
                await ending;
                times.Add((Stopwatch.GetElapsedTime(interrupted), script));
                Remove(hasGivenBack: false, script);
                return;
            }

            ProcessResult result = await ending;
            times.Add((Stopwatch.GetElapsedTime(interrupted), script));
            Assert.True(result is { ExitCode: 0 or 1, Error: "" } && result.Output.EndsWith("given back\n", StringComparison.Ordinal),
                $"{script}: {result} (seed {Soak.Seed})");
            AssertNothingLeft(script);
        });
        AssertPrompt("by SIGINT, the end of their pwsh included,", times);
    }

    [Fact]
    public async Task A_stopped_job_ends_at_once_and_leaves_nothing()
    {
        await LeaveTheMemory();
        List<(TimeSpan Time, string Script)> times = [];
        int turn = Random.Next(Scripts.Length);
        string opening = $"Import-Module '{Repository.Manifest}'\n{ServerSetup}\n$ended = "
            + $"[Threading.Tasks.Task]::Delay({2 * Forgotten.TotalMilliseconds})\n'begun'\n";
        await Soak.Repeat(1, 13, Share * 0.2, async _ =>
        {
            string[] scripts = [Scripts[turn++ % Scripts.Length], Scripts[turn++ % Scripts.Length], Scripts[turn++ % Scripts.Length],
                Scripts[turn++ % Scripts.Length]];
            ProcessResult result = await Pwsh.RunAsync($$"""
                $ErrorActionPreference = 'Stop'
                $random = [Random]::new({{Random.Next()}})
                # In a process of its own, and in turn with that in a thread where pwsh has the module for it.
                $starts = @((Get-Command Start-Job, Start-ThreadJob -ErrorAction Ignore).Name)
                $turn = 0
                foreach ($script in {{string.Join(", ", scripts.Select(Quoted))}}) {
                    $job = & $starts[$turn++ % $starts.Count] ([scriptblock]::Create({{Quoted(opening)}} + $script))
                    while ('begun' -notin @(Receive-Job $job)) {
                        if ($job.State -notin 'Running', 'NotStarted') { throw "The job is $($job.State)." }
                        [Threading.Thread]::Sleep(1)
                    }
                    [Threading.Thread]::Sleep($random.Next({{LongestDelayMilliseconds}}))
                    $watch = [Diagnostics.Stopwatch]::StartNew()
                    Stop-Job $job
                    $watch.Elapsed.TotalMilliseconds.ToString('R', [cultureinfo]::InvariantCulture)
                    Remove-Job $job
                }
                """);
            string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(result is { ExitCode: 0, Error: "" } && lines.Length == scripts.Length, $"{result} (seed {Soak.Seed})");
            times.AddRange(lines.Zip(
                scripts, (line, script) => (TimeSpan.FromMilliseconds(double.Parse(line, CultureInfo.InvariantCulture)), script)));
            AssertNothingLeft(string.Join(", ", scripts), hasGivenBack: false);
        });
        AssertPrompt("by Stop-Job", times);
    }

    [Fact]
    public async Task A_pipeline_of_which_enough_was_taken_ends_at_once_and_leaves_nothing()
    {
        await LeaveTheMemory();
        List<(TimeSpan Time, string Script)> times = [];
        await Soak.Repeat(1, 2, Share * 0.1, async _ =>
        {
            ProcessResult result = await Pwsh.RunAsync($$"""
                $ErrorActionPreference = 'Stop'
                Import-Module '{{Repository.Manifest}}'
                {{ServerSetup}}
                $random = [Random]::new({{Random.Next()}})
                $feed = [PowerShell]::Create().AddScript("Import-Module '{{Repository.Manifest}}';
                    while (`$true) { Send-EchoMessage x -Port $($server.Port) -Quiet }")
                $feeding = $feed.BeginInvoke()
                $producers = {{string.Join(", ", Producers.Select(producer => $"{{ {producer} }}"))}}

                function Stop-All([switch] $Quiet) {
                    for ($i = 0; $i -lt $producers.Count; $i++) {
                        $taken = @(& $producers[$i] | ForEach-Object { $mark = [Diagnostics.Stopwatch]::GetTimestamp(); $_ } |
                            Select-Object -First $random.Next(1, 4))
                        $time = [Diagnostics.Stopwatch]::GetElapsedTime($mark).TotalMilliseconds
                        if (-not $Quiet) { "$i $($taken.Count) $($time.ToString('R', [cultureinfo]::InvariantCulture))" }
                        if ($taken[0] -is [PSIpc.SharedMemory.SharedMemoryView]) {
                            if ($taken.IsClosed -contains $true) { throw 'A view that was taken is closed.' }
                            Disconnect-SharedMemory $taken
                        }
                        {{GiveBack}}
                    }
                }
                function Get-Held {
                    [GC]::Collect(); [GC]::WaitForPendingFinalizers(); [GC]::Collect()
                    "$(@([IO.Directory]::GetFiles('/proc/self/fd') | ForEach-Object { [IO.FileInfo]::new($_).LinkTarget } |
                        Where-Object { $_ -match '^socket|eventfd|eventpoll|shm' }).Count)" +
                        " $(@([IO.File]::ReadLines('/proc/self/maps') -match '/SYSV|/dev/shm').Count) $(@(Get-EchoServer).Count)"
                }
                # The server takes a moment to notice the end of a connection.
                function Get-Settled {
                    $feed.Stop()
                    while ($server.ActiveConnections -or $stalled.ActiveConnections) { [Threading.Thread]::Sleep(1) }
                    Get-Held
                }

                Stop-All -Quiet
                "before $(Get-Settled)"
                $feeding = $feed.BeginInvoke()
                1..10 | ForEach-Object { Stop-All }
                "after $(Get-Settled)"
                """);
            string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(result is { ExitCode: 0, Error: "" } && lines.Length > 2, $"{result} (seed {Soak.Seed})");
            Assert.Equal(lines[0].Replace("before", "after", StringComparison.Ordinal), lines[^1]);
            string[][] stops = [.. lines[1..^1].Select(line => line.Split(' '))];
            Assert.Equal(10 * Producers.Length, stops.Length);
            Assert.DoesNotContain(stops, stop => stop[1] == "0");
            times.AddRange(stops.Select(stop => (TimeSpan.FromMilliseconds(double.Parse(stop[2], CultureInfo.InvariantCulture)),
                Producers[int.Parse(stop[0], CultureInfo.InvariantCulture)])));
            AssertNothingLeft("Select-Object");
        });
        AssertPrompt("by Select-Object", times);
    }

    // A process uses what it finds, so that it can be seen afterwards that nothing of it is in use.
    private Task LeaveTheMemory() => Task.Run(() =>
    {
        using Engine engine = NewEngine();
        StopServers();
    });

    // A job that is stopped has no finally, so what its script had made is there still.
    private void AssertNothingLeft(string script, bool hasGivenBack = true)
    {
        Remove(hasGivenBack, script);
        foreach (IpcAddress address in new[] { IpcAddress.FromKey(_keys[0]), IpcAddress.FromName(Name) })
        {
            // The process of a job may take a moment to end.
            Eventually.True(() => !IsInUse(address), $"{address} is free after {script} (seed {Soak.Seed})");
            SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();
        }

        EchoServer.Start(new() { Endpoint = SocketEndpoint.Unix(Folder.PathOf("echo")) }).Dispose();
    }

    private static bool IsInUse(IpcAddress address) =>
        SharedMemoryObject.FindHolders([SharedMemoryObject.Get(address)]).Include(SharedMemoryObject.Get(address)).ProcessIds!.Length > 0;

    private void Remove(bool hasGivenBack, string script)
    {
        foreach (IpcAddress made in new[] { IpcAddress.FromKey(_keys[1]), IpcAddress.FromName($"{Name}-new") })
        {
            try
            {
                SharedMemoryObject.Remove(made);
                Assert.False(hasGivenBack, $"{made} is left: {script} (seed {Soak.Seed})");
            }
            catch (IpcException exception) when (exception.Reason == IpcErrorReason.SharedMemoryNotFound)
            {
                // As it should be.
            }
        }
    }

    private static void AssertPrompt(string how, List<(TimeSpan Time, string Script)> times)
    {
        Report(how, times);
        Assert.True(times[^1].Time < Hang, $"Stopping took {times[^1].Time}: {times[^1].Script} (seed {Soak.Seed})");
    }
}
