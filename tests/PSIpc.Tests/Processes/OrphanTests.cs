using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>What is in use, what is not, and whether that can be told.</summary>
public sealed class OrphanTests : SharedMemoryCommandTests
{
    private const string Hold = "'holds'; $null = [Console]::In.ReadLine()";

    [Theory]
    [InlineData("-Key")]
    [InlineData("-Name")]
    public async Task What_a_process_has_is_attributed_to_it_and_no_orphan(string parameter)
    {
        string address = Address(parameter);
        await using ChildProcess other = Pwsh.Start(
            $"$null = New-SharedMemory {address} -Size 64; $view = Connect-SharedMemory {address}; {Hold}");
        await other.WaitForLineAsync("holds");

        Assert.Equal([$"{other.Id}"], Text($"(Get-SharedMemory {address} -IncludeProcess).ProcessIds"));
        Assert.Empty(Text($"Get-SharedMemory {address} -Orphan -WarningAction SilentlyContinue"));

        await End(other);

        Assert.Equal(["0"], Text($"(Get-SharedMemory {address} -IncludeProcess).ProcessIds.Count"));
    }

    [Fact]
    public async Task A_segment_whose_creator_ended_is_an_orphan()
    {
        await using ChildProcess other = Pwsh.Start($"$null = New-SharedMemory {Key} 64");
        await other.WaitForExitAsync();

        Assert.Equal(["True"], Text("$s = Get-SharedMemory $key -Orphan; @(Get-SharedMemory -Orphan -Mine).Id -contains $s.Id"));
        Text("$view = Connect-SharedMemory $key");
        Assert.Empty(Text("Get-SharedMemory $key -Orphan"));
        Text("Disconnect-SharedMemory $view; Get-SharedMemory $key -Orphan -Mine | Remove-SharedMemory");
        Fails("Get-SharedMemory $key", "SharedMemoryNotFound");
    }

    [Fact]
    public async Task An_object_that_nobody_has_is_an_orphan_where_every_process_can_be_read()
    {
        Tool.RequireRoot();
        Text("$null = New-SharedMemory -Name $name -Size 64; $null = New-SharedMemory $key 64");

        // In a PID namespace of its own, pwsh sees no process but itself; and the segment's creator not at all.
        ProcessResult result = await ChildProcess.RunAsync(
            Tool.Require("unshare", "util-linux"),
            [
                "--pid", "--fork", "--mount-proc", Pwsh.Path, .. Pwsh.Command($$"""
                $view = Connect-SharedMemory -Name {{Name}}
                @(Get-SharedMemory -Name {{Name}} -Orphan).Count
                $view.Dispose()
                @(Get-SharedMemory -Name {{Name}} -Orphan).Count
                @(Get-SharedMemory {{Key}} -Orphan -WarningVariable told -WarningAction SilentlyContinue).Count
                "$told"
                """)]);

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["0", "1", "0", "1 that may be orphans are left out: processes that cannot be seen from here may use them."], lines);
    }

    [Fact]
    public void A_segment_whose_creator_runs_is_no_orphan()
    {
        Text("$null = New-SharedMemory $key 64");

        Assert.Empty(Text("Get-SharedMemory $key -Orphan; Get-SharedMemory -Orphan | Where-Object { $_.Key -eq [int] $key }"));
    }

    [Fact]
    public async Task An_object_that_is_only_mapped_or_only_open_is_in_use()
    {
        string python = Tool.Require("python3", "python3");
        Text("$null = New-SharedMemory -Name $name -Size 4096");
        foreach (string keep in new[] { "m = mmap.mmap(f, 4096); os.close(f)", "pass" })
        {
            await using var other = ChildProcess.Start(
                python, ["-c", $"import mmap, os, sys\nf = os.open('/dev/shm/{Name}', os.O_RDWR)\n{keep}\nprint('holds', "
                    + $"flush=True)\nsys.stdin.readline()"]);
            await other.WaitForLineAsync("holds");

            Assert.Equal([$"{other.Id}"], Text("(Get-SharedMemory -Name $name -IncludeProcess).ProcessIds"));
            Assert.Empty(Text("Get-SharedMemory -Name $name -Orphan -WarningAction SilentlyContinue"));
            await End(other);
        }
    }

    [Fact]
    public async Task Who_cannot_look_into_every_process_is_told_so_and_calls_no_object_an_orphan()
    {
        Tool.RequireRoot();
        ProcessResult result = await ChildProcess.RunAsync(
            Tool.Require("setpriv", "util-linux"),
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", Pwsh.Path, .. Pwsh.Command($$"""
                $null = New-SharedMemory -Name {{Name}} -Size 64
                try {
                    $orphans = Get-SharedMemory -Name {{Name}} -Orphan -WarningVariable told -WarningAction SilentlyContinue
                    "$($null -eq $orphans) $($told.Count) $told"
                    $seen = Get-SharedMemory -Name {{Name}} -IncludeProcess -WarningVariable told -WarningAction SilentlyContinue
                    "$($seen.ProcessIds.Count) $($told.Count) $told"
                } finally { Remove-SharedMemory -Name {{Name}} }
                """)],
            environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 2, result.Output + result.Error);
        Assert.Matches(@"^True 1 1 that may be orphans are left out: [1-9]\d* processes ", lines[0]);
        Assert.Matches(@"^0 1 ProcessIds may be incomplete: [1-9]\d* processes .* As root, more can be seen\.$", lines[1]);
    }

    [Fact]
    public async Task The_same_id_in_another_IPC_namespace_is_another_segment()
    {
        Tool.RequireRoot();
        string unshare = Tool.Require("unshare", "util-linux");
        string[] first = ["--ipc", Pwsh.Path,
            .. Pwsh.Command($"$s = New-SharedMemory -Private -Size 64; $view = $s | Connect-SharedMemory; \"id $($s.Id)\"; {Hold}")];
        await using var other = ChildProcess.Start(unshare, first);
        string id = await other.WaitForLineAsync("id ");

        ProcessResult result = await ChildProcess.RunAsync(
            unshare, ["--ipc", Pwsh.Path, .. Pwsh.Command("$s = New-SharedMemory -Private -Size 64; \"id $($s.Id)\"; ($s | "
                + "Get-SharedMemory -IncludeProcess -WarningAction SilentlyContinue).ProcessIds.Count")]);

        Assert.Equal([id, "0"], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await End(other);
    }

    [Fact]
    public void Filters_are_for_every_way_to_name_memory() =>
        Assert.Equal(
            ["1", "1", "0", "0", "1", "2"],
            Text("""
                $null = New-SharedMemory $key 64
                $null = New-SharedMemory -Name $name -Size 64
                @(Get-SharedMemory $key -Mine).Count
                @(Get-SharedMemory -Name "$name*" -Mine).Count
                @(Get-SharedMemory | Where-Object { $_.Name -eq $name } | Get-SharedMemory -MinimumAge 1:00).Count
                @(Get-SharedMemory -MinimumAge 1.00:00 | Where-Object { $_.Key -eq [int] $key }).Count
                @(Get-SharedMemory $key -MinimumAge 0:00 -Mine).Count
                @(Get-SharedMemory $key -IncludeProcess -WarningAction SilentlyContinue;
                    Get-SharedMemory -Name $name -IncludeProcess -WarningAction SilentlyContinue).Count
                """));

    [Fact]
    public async Task What_belongs_to_another_user_is_not_mine()
    {
        Tool.RequireRoot();
        Text("$null = New-SharedMemory $key 64 -Mode 0666");

        ProcessResult result = await ChildProcess.RunAsync(
            Tool.Require("setpriv", "util-linux"),
            ["--reuid=65534", "--regid=65534", "--clear-groups", Pwsh.Path,
                .. Pwsh.Command($"@(Get-SharedMemory {Key}).Count; @(Get-SharedMemory {Key} -Mine).Count")],
            environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });

        Assert.Equal("1\n0\n", result.Output);
    }

    [Theory]
    [InlineData("mmap")]
    [InlineData("sysv")]
    public async Task PostgreSQL_is_seen_attributed_to_its_processes_and_never_an_orphan(string memory)
    {
        string before = $"[string[]] $before = "
            + $"{string.Join(',', Text("Get-SharedMemory -WarningAction Ignore | ForEach-Object { \"$_\" }").Select(text => $"'{text}'").Append("''"))}";
        await using PostgresServer server = await PostgresServer.StartAsync(memory);
        string mine = $"[int[]] $server = {string.Join(',', server.ProcessIds())}";

        // The server may start and end workers meanwhile: what counts is that its first process has the segment and only its own do.
        Assert.Equal(
            ["True", "True", "True"],
            Text($$"""
                {{mine}}
                $segments = @(Get-SharedMemory -IncludeProcess |
                    Where-Object { $_.Kind -eq 'SystemV' -and $_.ProcessIds -contains {{server.Id}} })
                $segments.Count -ge 1
                $segments[0].AttachCount -ge 1 -and $segments[0].CreatorProcessId -eq {{server.Id}}
                @($segments[0].ProcessIds | Where-Object { $_ -in $server }).Count -ge 2
                """));
        Assert.Empty(Text($$"""
            {{before}}
            $theirs = @(Get-SharedMemory -IncludeProcess | Where-Object { $_.ProcessIds -contains {{server.Id}} })
            Get-SharedMemory -Orphan | Where-Object { "$_" -notin $before } |
                Where-Object { "$_" -in $theirs.ForEach{ "$_" } -or $_.Owner -eq '{{server.User}}' }
            Get-SharedMemory -Orphan -Mine | Remove-SharedMemory -WhatIf
            """));
        Assert.True(server.IsRunning);
    }

    private string Address(string parameter) => $"{parameter} '{(parameter == "-Key" ? Key : Name)}'";


    private static async Task End(ChildProcess process)
    {
        await process.Input.WriteLineAsync();
        await process.WaitForExitAsync();
    }
}
