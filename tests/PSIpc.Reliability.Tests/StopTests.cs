using PSIpc.Echo.Server;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>A pipeline that is stopped at any moment, in any cmdlet, ends at once and leaves nothing.</summary>
/// <remarks>Here by the pipeline's Stop and by the runspace's Close; the rest is about what calls those in a real process.</remarks>
public sealed partial class StopTests : StoppedPipelineTests
{
    private const int LongestDelayMilliseconds = 20;
    private const int BriefRounds = 2;
    private const int FullRounds = 40;
    private const double Share = 0.1;

    // What is promised on a machine that has time, and what is a failure on any.
    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    // Each runs until it is stopped.
    private static readonly string[] Scripts =
    [
        "while (-not $ended.IsCompleted) { New-SharedMemory $new 4096 -Value 'text'; Remove-SharedMemory $new }",
        "while (-not $ended.IsCompleted) { New-SharedMemory -Name $name-new -Size 1MB; Remove-SharedMemory -Name $name-new }",
        "while (-not $ended.IsCompleted) { Get-SharedMemory }",
        "while (-not $ended.IsCompleted) { Get-SharedMemory -Name \"$name*\" -Orphan -IncludeProcess -WarningAction Ignore }",
        "while (-not $ended.IsCompleted) { Get-SharedMemoryLimit }",
        "while (-not $ended.IsCompleted) { Read-SharedMemory $key -As Bytes; Read-SharedMemory -Name $name }",
        "while (-not $ended.IsCompleted) { Read-SharedMemory $key -Layout 'int32_t id; char name[12];' -Count 4000 }",
        "while (-not $ended.IsCompleted) { 1..1000 | Write-SharedMemory $key -As Int32; Write-SharedMemory -Name $name -Value 'text' "
            + "-PassThru }",
        "while (-not $ended.IsCompleted) { Connect-SharedMemory $key, $key | Disconnect-SharedMemory }",
        "while (-not $ended.IsCompleted) { Lock-SharedMemory $key; Unlock-SharedMemory $key; Lock-SharedMemory -Name $name -PassThru | "
            + "ForEach-Object Dispose }",
        "Wait-SharedMemory $new",
        "Wait-SharedMemory $key -Removed",
        "Wait-SharedMemory -Name $name -Changed",
        "Connect-SharedMemory $key | Wait-SharedMemory -Value 'never'",
        "Wait-SharedMemory $key -AttachCount 77",
        "Wait-ProcessSignal User2",
        "while (-not $ended.IsCompleted) { Wait-ProcessSignal WindowChange -TimeoutSec 0.01 -ErrorAction Ignore; Send-ProcessSignal $PID "
            + "WindowChange }",
        "while (-not $ended.IsCompleted) { Start-EchoServer -Path $path | Stop-EchoServer }",
        "while (-not $ended.IsCompleted) { Start-EchoServer | Stop-EchoServer; Start-EchoServer -Udp | Stop-EchoServer -PassThru; "
            + "Get-EchoServer }",
        "while (-not $ended.IsCompleted) { $server | Send-EchoMessage 'text'; $server | Send-EchoMessage -MessageBytes 4MB }",
        "$stalled | Send-EchoMessage 'text'",
        "$server | Measure-EchoServer -Connection 20 -DurationSec 100",
        "$stalled | Measure-EchoServer -Count 5",
        "$server | Receive-EchoMessage",
        "while (-not $ended.IsCompleted) { $measurement, $measurement | Merge-EchoMeasurement }",
        "$wire = $stalled | Send-EchoMessage -MessageBytes 64MB -TimeoutSec 100",
    ];

    // What a script had already when it was stopped between two of its cmdlets is its own to give back.
    private const string GiveBack = """
        Unlock-SharedMemory $key -ErrorAction Ignore
        Unlock-SharedMemory -Name $name -ErrorAction Ignore
        Remove-SharedMemory $new -ErrorAction Ignore
        Remove-SharedMemory -Name "$name-new" -ErrorAction Ignore
        Get-EchoServer | Where-Object { $_.Id -notin $server.Id, $stalled.Id } | Stop-EchoServer -DrainTimeoutSec 0
        """;

    private readonly int[] _keys;

    public StopTests() => _keys = [SystemVKey.Parse(Key), SystemVKey.Parse(New)];

    public override void Dispose()
    {
        StopServers();
        base.Dispose();
    }

    // A script that failed would be stopped in nothing, or in its own finally.
    [Fact]
    public async Task What_is_stopped_goes_on_without_an_error_until_then()
    {
        using Engine engine = NewEngine();
        foreach (string script in Scripts)
        {
            await engine.StopAsync(Endless(script), TimeSpan.FromMilliseconds(10 * LongestDelayMilliseconds), Forgotten);
            CleanUp(engine);
        }
    }

    [Fact]
    public async Task A_stopped_pipeline_ends_at_once_and_leaves_nothing()
    {
        using Engine engine = NewEngine();
        await StopAll(engine, []);
        HeldResources before = Settle();
        List<(TimeSpan Time, string Script)> times = [];

        int rounds = await Soak.Repeat(BriefRounds, FullRounds, Share * 0.8, _ => StopAll(engine, times));

        before.AssertSettles(Name, _keys);
        Report($"in {rounds} rounds by Stop", times);
    }

    [Fact]
    public async Task A_runspace_that_closes_ends_what_runs_in_it()
    {
        await CloseAfterEach([]);
        HeldResources before = Settle();
        List<(TimeSpan Time, string Script)> times = [];

        int rounds = await Soak.Repeat(1, 3, Share * 0.2, _ => CloseAfterEach(times));

        before.AssertSettles(Name, _keys);
        Report($"in {rounds} rounds as their runspace closed", times);
    }

    // The stalled connections of the first round are cut off after their idle time. The first lock of a segment makes the semaphore that
    // stays with it, and the first round may have been stopped before that.
    private HeldResources Settle()
    {
        SharedMemoryObject.Lock(IpcAddress.FromKey(_keys[0]), ChildProcess.Patience).Dispose();
        Eventually.True(() => EchoServer.All.All(server => server.ActiveConnections == 0), "no connection is open");
        return HeldResources.Now(Name, _keys);
    }

    private static void Report(string how, List<(TimeSpan Time, string Script)> times)
    {
        times.Sort();
        double At(double part) => times[(int)((times.Count - 1) * part)].Time.TotalMilliseconds;
        int forgotten = times.Count(one => one.Time >= Forgotten);
        Soak.Report($"{times.Count} pipelines stopped {how}: median {At(0.5):0.0} ms, 99 % within {At(0.99):0.0} ms, longest {At(1):0.0} ms ({times[^1].Script}); {times.Count(one => one.Time > Prompt)} took more than {Prompt.TotalMilliseconds} ms, {forgotten} of them forgotten by the engine");
        Assert.InRange(forgotten, 0, 1 + (times.Count / 200));
    }

    private async Task StopAll(Engine engine, List<(TimeSpan Time, string Script)> times)
    {
        foreach (string script in Scripts)
        {
            TimeSpan time = await engine.StopAsync(
                Endless(script), TimeSpan.FromMilliseconds(Random.Next(LongestDelayMilliseconds)), Forgotten);
            times.Add((time, script));
            Assert.True(time < Hang, $"Stopping took {time}: {script} (seed {Soak.Seed})");
            CleanUp(engine);
        }
    }

    private async Task CloseAfterEach(List<(TimeSpan Time, string Script)> times)
    {
        foreach (string script in Scripts)
        {
            using Engine engine = NewEngine();
            CleanUp(engine);
            TimeSpan time = await engine.CloseAsync(
                Endless(script), TimeSpan.FromMilliseconds(Random.Next(LongestDelayMilliseconds)), Forgotten);
            times.Add((time, script));
            Assert.True(time < Hang, $"Closing took {time}: {script} (seed {Soak.Seed})");

            StopServers();
        }

        using Engine last = NewEngine();
        CleanUp(last);
        StopServers();
    }

    // A server lives with the process, and not with the runspace that started it.
    private static void StopServers()
    {
        foreach (EchoServer server in EchoServer.All)
        {
            server.Dispose();
        }
    }

    private static string Endless(string script) => $$"""
        $begun.Set()
        {{script}}
        if (-not $ended.IsCompleted) { throw 'The script ended by itself.' }
        """;

    private static void CleanUp(Engine engine) => engine.Invoke(GiveBack);

    private Engine NewEngine()
    {
        var engine = new Engine();
        engine.Invoke(ServerSetup);
        return engine;
    }

    // What every script finds.
    private string ServerSetup => $$"""
        {{Setup}}
        $server = Start-EchoServer
        $stalled = Start-EchoServer -Fault @{ StallAfterBytes = 0 } -IdleTimeoutSec 1
        $measurement = $server | Measure-EchoServer -Count 10
        """;
}
