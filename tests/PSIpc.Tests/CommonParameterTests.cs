using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>What PowerShell promises of every cmdlet: -WhatIf, -Confirm, -ErrorAction, -ErrorVariable, rows of tables by property name.</summary>
public sealed class CommonParameterTests : SharedMemoryCommandTests
{
    private static readonly string[] Changing =
        ["New-SharedMemory", "Remove-SharedMemory", "Send-ProcessSignal", "Start-EchoServer", "Stop-EchoServer", "Write-SharedMemory"];

    /// <summary>One call of each cmdlet that fails, but not in binding.</summary>
    public static TheoryData<string, string> Failures => new()
    {
        { "New-SharedMemory", "New-SharedMemory $key 0" },
        { "Get-SharedMemory", "Get-SharedMemory $key" },
        { "Read-SharedMemory", "Read-SharedMemory $key" },
        { "Write-SharedMemory", "Write-SharedMemory $key 1 -As Int32" },
        { "Remove-SharedMemory", "Remove-SharedMemory $key" },
        { "Wait-SharedMemory", "Wait-SharedMemory $key -TimeoutSec 0" },
        { "Connect-SharedMemory", "Connect-SharedMemory $key" },
        { "Unlock-SharedMemory", "Unlock-SharedMemory $key" },
        { "Start-EchoServer", "Start-EchoServer -Port -1" },
        { "Get-EchoServer", "Get-EchoServer 999999" },
        { "Stop-EchoServer", "Stop-EchoServer 999999" },
        { "Receive-EchoMessage", "Receive-EchoMessage 999999" },
        { "Send-EchoMessage", "Send-EchoMessage x -Port 70000" },
        { "Measure-EchoServer", "Measure-EchoServer -Port 70000" },
        { "Merge-EchoMeasurement", "Merge-EchoMeasurement 1" },
        { "Send-ProcessSignal", "Send-ProcessSignal 0 Interrupt" },
        { "Wait-ProcessSignal", "Wait-ProcessSignal Interrupt -TimeoutSec 0" },
    };

    [Fact]
    public void What_changes_something_asks_and_nothing_else_does() => Assert.Equal(
        Changing, Text("Get-Command -Module PSIpc | Where-Object { $_.Parameters.ContainsKey('WhatIf') -and $_.Parameters.ContainsKey('Confirm') } | ForEach-Object Name").Order(StringComparer.Ordinal));

    [Fact]
    public void The_failures_are_those_of_every_cmdlet_that_goes_on_after_one()
    {
        // One of these can fail only by ending the statement, the others not at all.
        string[] others = ["Disconnect-SharedMemory", "Get-SharedMemoryLimit", "Lock-SharedMemory"];

        Assert.Equal(
            Text("Get-Command -Module PSIpc | ForEach-Object Name").Order(StringComparer.Ordinal),
            Failures.Select(row => row.Data.Item1).Concat(others).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void An_error_is_as_loud_as_it_is_asked_to_be(string name, string script)
    {
        Assert.Equal([$"True {name}", "after"], Text($"""
            {script} -ErrorAction SilentlyContinue -ErrorVariable failure
            "$($failure.Count -eq 1) $($failure[0].InvocationInfo.MyCommand.Name)"
            $before = $Error.Count
            {script} -ErrorAction Ignore
            if ($Error.Count -ne $before) {'{'} 'an ignored error is kept' {'}'}
            'after'
            """));
        EngineResult stopped = Run($"{script} -ErrorAction Stop; 'after'");
        Assert.Empty(stopped.Output);
        Assert.Single(stopped.Errors);
        EngineResult preferred = Run($"& {{ $ErrorActionPreference = 'Stop'; {script}; 'after' }}");
        Assert.Empty(preferred.Output);
    }

    [Fact]
    public void A_lock_that_cannot_be_had_ends_the_statement() => Assert.Equal(["SharedMemoryNotFound"], Text("""
        try { Lock-SharedMemory $key -ErrorAction SilentlyContinue; 'went on' } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
        """));

    /// <summary>Nothing is done under -WhatIf, by the system's own account; without it, it is.</summary>
    [Theory]
    [InlineData("New-SharedMemory $key 8", "@(Get-SharedMemory $key -ErrorAction Ignore).Count", "0", "1")]
    [InlineData("New-SharedMemory -Name $name -Size 8", "@(Get-SharedMemory -Name $name*).Count", "0", "1")]
    [InlineData("Write-SharedMemory $made 'new'", "Read-SharedMemory $made", "old", "new")]
    [InlineData("Remove-SharedMemory $made", "@(Get-SharedMemory $made -ErrorAction Ignore).Count", "1", "0")]
    [InlineData("Start-EchoServer -Path $path", "[IO.File]::Exists($path)", "False", "True")]
    [InlineData("Stop-EchoServer $server.Id", "$server.State", "Listening", "Stopped")]
    [InlineData("Send-ProcessSignal $target Terminate", "$target.WaitForExit(1000)", "False", "True")]
    public void Nothing_changes_under_WhatIf(string script, string look, string before, string after)
    {
        using var folder = new TemporaryFolder();
        SetVariable("path", folder.PathOf("socket"));
        SetVariable("made", $"0x{TestAddress.NextKey():x8}");
        using var target = System.Diagnostics.Process.Start("sleep", "60");
        SetVariable("target", target);
        try
        {
            Text("$null = New-SharedMemory $made 64 -Value 'old'; $server = Start-EchoServer");

            Assert.Equal([before], Text($"$null = {script.Replace("$target", "$target.Id", StringComparison.Ordinal)} -WhatIf; {look}"));
            Assert.Equal([before], Text($"$WhatIfPreference = $true; $null = {script.Replace("$target", "$target.Id", StringComparison.Ordinal)}; $WhatIfPreference = $false; {look}"));
            Assert.Equal([after], Text($"$null = {script.Replace("$target", "$target.Id", StringComparison.Ordinal)} -Confirm:$false; {look}"));
        }
        finally
        {
            target.Kill();
            Text("Remove-SharedMemory $made -ErrorAction Ignore; Get-EchoServer | Where-Object StartTime -GE $server.StartTime | Where-Object { $_ -eq $server -or $_.Endpoint.Address -eq $path } | Stop-EchoServer");
        }
    }

    /// <summary>A row has text only, as Import-Csv gives it.</summary>
    [Theory]
    [InlineData("$csv.Key = $key; $csv.Size = '32'; $csv.Mode = '0640'; [int] ($csv | New-SharedMemory).Mode", "416")]
    [InlineData("$csv.Name = $name; $csv.Size = '32'; ($csv | New-SharedMemory).Size", "32")]
    [InlineData("$null = New-SharedMemory $key 8; $csv.Key = $key; ($csv | Get-SharedMemory).Size", "8")]
    [InlineData("$csv.Id = \"$((New-SharedMemory $key 8 -Value 'a').Id)\"; $csv | Read-SharedMemory", "a")]
    [InlineData("$null = New-SharedMemory $key 8; $csv.Key = $key; $csv | Write-SharedMemory -Value 'b'; Read-SharedMemory $key", "b")]
    [InlineData("$null = New-SharedMemory $key 8; $csv.Key = $key; ($csv | Wait-SharedMemory -TimeoutSec 0).Size", "8")]
    [InlineData("$null = New-SharedMemory $key 8; $csv.Key = $key; $csv | Remove-SharedMemory; @(Get-SharedMemory $key -ErrorAction Ignore).Count", "0")]
    [InlineData("$csv.Address = '127.0.0.1'; $csv.Port = \"$($server.Port)\"; ($csv | Send-EchoMessage 'x').Reply", "x")]
    [InlineData("$csv.Endpoint = \"$($server.Endpoint)\"; ($csv | Measure-EchoServer -Count 2).Exchanges", "2")]
    [InlineData("$csv.Address = '127.0.0.1'; $csv.Port = '0'; ($started = $csv | Start-EchoServer).State; $started.Dispose()", "Listening")]
    [InlineData("$csv.ProcessId = \"$PID\"; $csv | Send-ProcessSignal Continue; 'sent'", "sent")]
    public void A_row_binds_by_its_columns(string script, string expected) => Assert.Equal([expected], Text($$"""
        $server = Start-EchoServer
        $columns = [ordered] @{}
        $row = { [pscustomobject] $columns }
        {{script.Replace("$csv |", "& $row |", StringComparison.Ordinal).Replace("$csv.", "$columns.", StringComparison.Ordinal)}}
        $server | Stop-EchoServer
        """));
}
