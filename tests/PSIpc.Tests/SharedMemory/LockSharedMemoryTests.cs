using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

public sealed class LockSharedMemoryTests : SharedMemoryCommandTests
{
    private const int Workers = 4;
    private const int Times = 100;

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public async Task Processes_that_add_under_the_lock_lose_nothing(string address)
    {
        Text($"$null = New-SharedMemory {address} -Size 8");
        string script = $$"""
            $ErrorActionPreference = 'Stop'; $key = '{{Key}}'; $name = '{{Name}}'
            for ($i = 0; $i -lt {{Times}}; $i++) {
                Lock-SharedMemory {{address}} -TimeoutSec 60
                try { Write-SharedMemory {{address}} -As Int64 (1 + (Read-SharedMemory {{address}} -As Int64)) }
                finally { Unlock-SharedMemory {{address}} }
            }
            """;

        ProcessResult[] results = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Pwsh.RunAsync(script)));

        Assert.All(results, result => Assert.Equal((0, ""), (result.ExitCode, result.Error)));
        Assert.Equal([$"{Workers * Times}"], Text($"Read-SharedMemory {address} -As Int64"));
    }

    [Fact]
    public async Task Another_user_makes_the_lock_for_the_segments_owner_and_only_where_he_may_write()
    {
        Tool.RequireRoot();
        string setpriv = Tool.Require("setpriv", "util-linux");
        Text("$null = New-SharedMemory $key 8 -Mode 0666; $null = New-SharedMemory -Name $name -Size 8 -Mode 0600");
        string script = $"Lock-SharedMemory {Key} -ErrorAction Stop; Unlock-SharedMemory {Key}; 'done'; Lock-SharedMemory -Name {Name}";

        ProcessResult result = await ChildProcess.RunAsync(
            setpriv,
            ["--reuid=65534", "--regid=65534", "--clear-groups", Pwsh.Path, .. Pwsh.Command(script)],
            environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });

        Assert.Equal("done\n", result.Output);
        Assert.Contains("Access to name", result.Error, StringComparison.Ordinal);
        string made = File.ReadLines("/proc/sysvipc/sem")
            .Single(line => line.TrimStart().StartsWith($"{Convert.ToInt32(Key, 16)} ", StringComparison.Ordinal));
        Assert.Equal(["666", "2", "0", "0", "65534"], made.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..7]);

        Text("Remove-SharedMemory $key; $null = New-SharedMemory $key 8 -Mode 0644");
        result = await ChildProcess.RunAsync(
            setpriv,
            ["--reuid=65534", "--regid=65534", "--clear-groups", Pwsh.Path, .. Pwsh.Command($"Lock-SharedMemory {Key}")],
            environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });
        Assert.Contains("Access to key", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(File.ReadLines("/proc/sysvipc/sem"),
            line => line.TrimStart().StartsWith($"{Convert.ToInt32(Key, 16)} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_stopped_while_it_hands_locks_out_gives_them_back()
    {
        Text("$null = New-SharedMemory $key 64");

        await Stop("Lock-SharedMemory $key -PassThru | ForEach-Object { $begun.Set(); while ($true) { $null = $_ } }");

        Fails("Unlock-SharedMemory $key", "SharedMemoryLockNotHeld");
    }

    [Fact]
    public async Task Another_process_is_waited_for_until_the_time_is_over_or_it_dies()
    {
        Text("$null = New-SharedMemory -Name $name -Size 8");
        await using var holder = Pwsh.Start($"Lock-SharedMemory -Name {Name}; 'locked'; [Threading.Thread]::Sleep(-1)");
        await holder.WaitForLineAsync("locked");

        Fails("Lock-SharedMemory -Name $name -TimeoutSec 0.1", "WaitTimeout", "0.1 s for the lock of name");
        Fails("Unlock-SharedMemory -Name $name", "SharedMemoryLockNotHeld");
        holder.Signal(9);
        Assert.Empty(Text("Lock-SharedMemory -Name $name -TimeoutSec 60; Unlock-SharedMemory -Name $name"));
    }
}
