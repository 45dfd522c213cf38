using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>A pipeline that is stopped at a random moment leaves no server, segment, view, lock, or socket without an owner.</summary>
/// <remarks>
/// Every pipeline here releases what it creates, so whatever exists after the stop was left by a cmdlet. A soak makes 2,000 stops, 200 for
/// each cmdlet.
/// </remarks>
public sealed class OwnershipTests : StoppedPipelineTests
{
    private const int LongestDelayMilliseconds = 25;

    private static readonly (string Cmdlet, string[] Pipelines)[] Creators =
    [
        ("New-SharedMemory", [
            "New-SharedMemory $new 4096 -Value 'text' | Remove-SharedMemory",
            "New-SharedMemory -Private 4096 | Remove-SharedMemory",
            "New-SharedMemory -Name \"$name-new\" -Size 64KB | Remove-SharedMemory",
            "1..5 | ForEach-Object { [pscustomobject] @{ Name = \"$name-new$_\" } } | New-SharedMemory -Size 10 | & { $input } | "
                + "Remove-SharedMemory",
        ]),
        ("Connect-SharedMemory", [
            "Connect-SharedMemory $key, $key | Disconnect-SharedMemory",
            "Connect-SharedMemory -Name $name | Disconnect-SharedMemory",
            "Connect-SharedMemory $key | Wait-SharedMemory -Value 'never'",
        ]),
        ("Lock-SharedMemory", [
            "Lock-SharedMemory $key -PassThru | Unlock-SharedMemory",
            "Lock-SharedMemory -Name $name -PassThru | ForEach-Object Dispose",
        ]),
        ("Start-EchoServer", [
            "Start-EchoServer | Stop-EchoServer",
            "Start-EchoServer -Udp | Stop-EchoServer",
            "Start-EchoServer -Path $path | Stop-EchoServer",
            "1..20 | ForEach-Object { [pscustomobject] @{ Port = 0 } } | Start-EchoServer | & { $input } | Stop-EchoServer",
        ]),
        ("Send-EchoMessage", ["Send-EchoMessage 'text' -Port $server.Port", "Send-EchoMessage -MessageBytes 1MB -Port $server.Port"]),
        ("Measure-EchoServer", ["Measure-EchoServer -Port $server.Port -Connection 5 -DurationSec 100"]),
        ("Receive-EchoMessage", ["$server | Receive-EchoMessage"]),
        ("Wait-SharedMemory", ["Wait-SharedMemory $key -Changed", "Wait-SharedMemory -Name $name -Value 'never'"]),
        ("Read-SharedMemory", ["Read-SharedMemory $key -As Bytes", "Read-SharedMemory -Name $name -Layout 'int32_t id;' -Count 4000"]),
        ("Write-SharedMemory", ["Write-SharedMemory $key 'text'", "Write-SharedMemory -Name $name -Value 'text' -PassThru"]),
    ];

    // What is left of the creators, in a process whose own memory and servers are known.
    private const string Left = """
        function Get-Left([int] $ProcessId) {
            $all = @(Get-SharedMemory)
            $all | Where-Object { $_.Key -eq [int] $new } | ForEach-Object { "segment $new" }
            $all | Where-Object { $_.Key -eq 0 -and $_.CreatorProcessId -eq $ProcessId } | ForEach-Object { "private segment $($_.Id)" }
            $all | Where-Object { $_.Name -like "$name-new*" } | ForEach-Object { "object $($_.Name)" }
            if ((Get-SharedMemory $key).AttachCount) { 'view of the segment' }
            Get-EchoServer | Where-Object Id -NE $server.Id | ForEach-Object { "server $($_.Id) at $($_.Endpoint)" }
            if ([IO.File]::Exists($path)) { "socket file $path" }
            foreach ($memory in @{ Key = $key }, @{ Name = $name }) {
                try { Lock-SharedMemory @memory -TimeoutSec 0; Unlock-SharedMemory @memory } catch { "lock of $($memory.Values): $_" }
            }
            # The other side of a connection takes a moment to notice its end.
            $end = [DateTime]::UtcNow.AddSeconds(60)
            do { $open = @(Get-Open) } while ($open.Count -gt $before.Count -and [DateTime]::UtcNow -lt $end)
            if ($open.Count -gt $before.Count) { "open: $open, and before: $before" }
        }
        function Get-Open { [IO.Directory]::GetFiles('/proc/self/fd') | ForEach-Object { [IO.FileInfo]::new($_).LinkTarget } |
            Where-Object { $_ -match '^socket|/dev/shm/PSIpc' } }
        """;

    [Fact]
    public async Task Stopped_runspace_leaves_nothing()
    {
        using var engine = new Engine();
        EngineResult setup = engine.Invoke($"{Setup}\n$server = Start-EchoServer\n{Left}\n$before = @(Get-Open)");
        Assert.Empty(setup.Errors);
        foreach ((string pipeline, int turn) in Turns(test: 30, ci: 120, soak: 1200))
        {
            await engine.StopAsync(
                $"$begun.Set(); {Endless(pipeline)}", TimeSpan.FromMilliseconds(Random.Next(LongestDelayMilliseconds)), Forgotten);

            EngineResult left = engine.Invoke("Get-Left $PID");
            Assert.True(left.Text is [] && left.Errors is [],
                $"Stop {turn} of {pipeline} left {string.Join(", ", left.Text)} {string.Join(", ", left.Errors)} (seed {Soak.Seed})");
        }

        engine.Invoke("$server | Stop-EchoServer");
    }

    [Fact]
    public Task Stopped_thread_job_leaves_nothing() => StopJobsAsync("Start-ThreadJob", Turns(test: 10, ci: 60, soak: 600));

    [Fact]
    public Task Stopped_job_leaves_nothing() => StopJobsAsync("Start-Job", Turns(test: 4, ci: 20, soak: 200));

    private static string Endless(string pipeline) =>
        $"while (-not $ended.IsCompleted) {{ {pipeline} }}; if (-not $ended.IsCompleted) {{ throw 'The pipelines ended.' }}";

    // Each cmdlet in turn, so that all have the same share.
    private IEnumerable<(string Pipeline, int Turn)> Turns(int test, int ci, int soak)
    {
        int first = Random.Next(Creators.Length);
        for (int turn = 0; turn < TestTier.Choose(test, ci, soak); turn++)
        {
            string[] pipelines = Creators[(first + turn) % Creators.Length].Pipelines;
            yield return (pipelines[Random.Next(pipelines.Length)], turn);
        }
    }

    private async Task StopJobsAsync(string start, IEnumerable<(string Pipeline, int Turn)> turns)
    {
        string[] pipelines = [.. turns.Select(turn => turn.Pipeline)];
        string opening = $$"""
            Import-Module '{{Repository.Manifest}}'
            {{Setup}}
            $server = Get-EchoServer | Select-Object -First 1
            if (-not $server) { $server = Start-EchoServer }
            $ended = [Threading.Tasks.Task]::Delay({{2 * Forgotten.TotalMilliseconds}})
            $PID

            """;
        ProcessResult result = await Pwsh.RunAsync(
            $$"""
            {{Setup}}
            $server = Start-EchoServer
            {{Left}}
            $before = @(Get-Open)
            $random = [Random]::new({{Random.Next()}})
            foreach ($pipeline in {{string.Join(", ", pipelines.Select(Endless).Select(Quoted))}}) {
                $job = {{start}} ([scriptblock]::Create({{Quoted(opening)}} + $pipeline))
                while (-not ($id = @(Receive-Job $job)[0])) {
                    if ($job.State -notin 'Running', 'NotStarted') { throw "The job is $($job.State)." }
                    [Threading.Thread]::Sleep(1)
                }
                [Threading.Thread]::Sleep($random.Next({{LongestDelayMilliseconds}}))
                Stop-Job $job
                $state = $job.State
                Remove-Job $job -Force
                $left = @(Get-Left $id) -join ', '
                if ($left -or $state -ne 'Stopped') { throw "$pipeline is $state and left $left" }
                'nothing'
            }
            """,
            patience: TimeSpan.FromHours(1));

        Assert.True(result is { ExitCode: 0, Error: "" }, $"{result} (seed {Soak.Seed})");
        Assert.Equal(pipelines.Length, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
