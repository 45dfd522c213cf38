using System.Management.Automation;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>What takes longer than a second says how it goes on, and takes that away at the end.</summary>
public sealed class ProgressTests : SharedMemoryCommandTests
{
    [Theory]
    [InlineData("Wait-SharedMemory $key -TimeoutSec 1.6 -ErrorAction Ignore", "to exist", @"^waiting for \d s of 1\.6 s$")]
    [InlineData("$null = New-SharedMemory $key 8; $v = Connect-SharedMemory $key; $v | Wait-SharedMemory -Changed -TimeoutSec 1.6 -ErrorAction Ignore; $v | Disconnect-SharedMemory", "to change", "waiting")]
    [InlineData("Wait-ProcessSignal -Signal User1 -TimeoutSec 1.6 -ErrorAction Ignore", "Signal User1", "waiting")]
    [InlineData("$s = Start-EchoServer -Fault @{ DelayMilliseconds = 1600 }; Send-EchoMessage x -Server $s -Quiet; $s | Stop-EchoServer", "Sending", "^1 B of 1 B$")]
    [InlineData("$s = Start-EchoServer -Udp -Fault @{ DelayMilliseconds = 1600 }; Send-EchoMessage x -Server $s -Quiet; $s | Stop-EchoServer", "Sending", "^1 B of 1 B$")]
    [InlineData("$s = Start-EchoServer; Measure-EchoServer -Server $s -DurationSec 1.6; $s | Stop-EchoServer", "Measuring", "exchanges/s")]
    public void It_is_drawn(string script, string activity, string status)
    {
        EngineResult result = Run(script);

        Assert.Empty(result.Errors);
        ProgressRecord[] drawn = [.. result.Progress.Where(record => record.RecordType == ProgressRecordType.Processing)];
        Assert.InRange(drawn.Length, 1, 20);
        Assert.Contains(activity, drawn[0].Activity, StringComparison.Ordinal);
        Assert.Matches(status, drawn[^1].StatusDescription);
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    [Fact]
    public void What_is_quick_draws_nothing()
    {
        EngineResult result = Run("""
            $null = New-SharedMemory $key 8
            Wait-SharedMemory $key
            Lock-SharedMemory $key
            Unlock-SharedMemory $key
            $s = Start-EchoServer
            Send-EchoMessage x -Server $s
            $s | Stop-EchoServer
            """);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Progress);
    }

    [Fact]
    public async Task A_lock_that_is_waited_for_says_so()
    {
        Text("$null = New-SharedMemory $key 8");
        await using var holder = Pwsh.Start($"Lock-SharedMemory {Key}; 'taken'; $null = [Console]::In.ReadLine()");
        await holder.WaitForLineAsync("taken");

        EngineResult result = Run("Lock-SharedMemory $key -TimeoutSec 1.6");

        Assert.Equal(["WaitTimeout"], result.ErrorIds);
        Assert.Contains(result.Progress, record => record.Activity.StartsWith("Lock of", StringComparison.Ordinal));
    }
}
