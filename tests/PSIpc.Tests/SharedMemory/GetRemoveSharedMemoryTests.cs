using Xunit;

namespace PSIpc.Tests;

public sealed class GetRemoveSharedMemoryTests : SharedMemoryCommandTests
{
    [Fact]
    public void Without_arguments_everything_is_listed()
    {
        Text("$null = New-SharedMemory $key 10; $null = New-SharedMemory -Name $name -Size 10");

        Assert.Equal(["SystemV", "Posix"], Text("Get-SharedMemory | Where-Object { $_.Name -eq $name -or $_.Key -eq [int]$key } | ForEach-Object { $_.Kind }"));
    }

    [Fact]
    public void Names_take_wildcards_and_no_match_is_no_error()
    {
        Text("1..3 | ForEach-Object { $null = New-SharedMemory -Name \"$name-$_\" -Size 10 }");

        Assert.Equal([$"{Name}-1", $"{Name}-2", $"{Name}-3"], Text("(Get-SharedMemory -Name \"$name-*\").Name"));
        Assert.Equal([$"{Name}-1", $"{Name}-3"], Text("(Get-SharedMemory -Name \"$name-[13]\").Name"));
        Assert.Empty(Text("Get-SharedMemory -Name \"$name-none*\""));
        Fails("Get-SharedMemory -Name \"$name-none\"", "SharedMemoryNotFound");
    }

    [Fact]
    public void A_bracket_of_a_name_has_a_backtick_and_a_bad_pattern_leaves_the_other_names_their_turn()
    {
        Text("$null = '[1', '[1]' | ForEach-Object { New-SharedMemory -Name \"$name$_\" -Size 10 }");

        Assert.Equal([$"{Name}[1", $"{Name}[1]"], Text("(Get-SharedMemory -Name \"$name``[1\", \"$name``[1``]\").Name"));
        Assert.Equal([$"{Name}[1", $"{Name}[1]"], Text("(Get-SharedMemory -Name \"$name``[*\").Name"));
        Fails("Get-SharedMemory -Name '['", "SharedMemoryNameInvalid", "backtick");
        Assert.Equal([$"{Name}[1"], Text("(Get-SharedMemory -Name '[', \"$name``[1\" -ErrorAction Ignore).Name"));
    }

    [Fact]
    public void Wildcards_are_only_for_Get()
    {
        Text("$null = New-SharedMemory -Name \"$name-1\" -Size 10");

        Fails("Remove-SharedMemory -Name \"$name-*\"", "SharedMemoryNotFound");

        Assert.Single(Text("(Get-SharedMemory -Name \"$name-1\").Name"));
    }

    [Fact]
    public void A_snapshot_is_plain_and_survives_serialisation()
    {
        Assert.Equal(
            ["True", "True"],
            Text("""
                $s = New-SharedMemory $key 10
                $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($s))
                $copy.PSObject.TypeNames[0] -eq 'Deserialized.PSIpc.SharedMemoryInfo'
                $same = $true
                foreach ($p in $s.PSObject.Properties) { if ("$($p.Value)" -ne "$($copy.($p.Name))") { $same = "$($p.Name) differs" } }
                $same
                """));
    }

    [Fact]
    public void Remove_is_asked_for_with_WhatIf_and_Confirm()
    {
        Text("$null = New-SharedMemory $key 10; Remove-SharedMemory $key -WhatIf");
        Assert.Single(Text("Get-SharedMemory $key"));

        Text("$ConfirmPreference = 'None'; Remove-SharedMemory $key -Confirm:$false");
        Fails("Get-SharedMemory $key", "SharedMemoryNotFound");
    }

    [Fact]
    public void What_is_gone_cannot_be_removed()
    {
        Fails("Remove-SharedMemory $key", "SharedMemoryNotFound", Key);
        Fails("Remove-SharedMemory -Name $name", "SharedMemoryNotFound", Name);
        Fails("Remove-SharedMemory -Id 2147483647", "SharedMemoryNotFound", "2147483647");
        Fails("Read-SharedMemory -Id 2147483647", "SharedMemoryNotFound");
        Fails("Get-SharedMemory -Id -5", "SharedMemoryNotFound");
    }

    [Fact]
    public void Limits_are_shown_with_what_is_in_use()
    {
        Assert.Equal(["True", "True", "True", "/dev/shm"], Text("""
            $before = Get-SharedMemoryLimit
            $null = New-SharedMemory $key 1MB
            $null = New-SharedMemory -Name $name -Size 1MB
            $after = Get-SharedMemoryLimit
            $after.UsedSegments -ge 1 -and $after.UsedPages -ge 256 -and $after.PosixObjects -ge 1
            $after.MaxSegments -eq [int][IO.File]::ReadAllText('/proc/sys/kernel/shmmni')
            $after.PosixBytes -ge $after.PosixFreeBytes -and $after.PosixFreeBytes -gt 0 -and $after.PageBytes -eq [Environment]::SystemPageSize
            $after.PosixPath
            """));
    }
}
