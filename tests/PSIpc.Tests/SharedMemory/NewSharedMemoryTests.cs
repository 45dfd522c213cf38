using Xunit;

namespace PSIpc.Tests;

public sealed class NewSharedMemoryTests : SharedMemoryCommandTests
{
    [Fact]
    public void Creates_at_a_key_by_position() =>
        Assert.Equal(["SystemV 1024 True 384"], Text("$s = New-SharedMemory $key 1KB; \"$($s.Kind) $($s.Size) $($s.Created) $([int]$s.Mode)\""));

    [Theory]
    [InlineData("0666", 0b110_110_110)]
    [InlineData("666", 0b110_110_110)]
    [InlineData("'0666'", 0b110_110_110)]
    [InlineData("0640", 0b110_100_000)]
    [InlineData("400", 0b100_000_000)]
    public void Reads_a_mode_as_chmod_does(string mode, int bits)
    {
        Assert.Equal([$"{bits}", $"{bits}"], Text($"[int](New-SharedMemory $key 10 -Mode {mode}).Mode; [int](New-SharedMemory -Name $name 10 -Mode {mode}).Mode"));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("rw")]
    [InlineData("1777")]
    public void Refuses_what_is_no_mode_and_creates_nothing(string mode)
    {
        Fails($"New-SharedMemory $key 10 -Mode {mode}", "SharedMemoryModeInvalid");
        Fails("Get-SharedMemory $key", "SharedMemoryNotFound");
    }

    [Fact]
    public void Makes_a_private_segment() =>
        Assert.Equal(["0 private"], Text("""
            $s = New-SharedMemory -Private -Size 1KB -Value 'private'
            try { "$($s.Key) $($s | Read-SharedMemory)" } finally { $s | Remove-SharedMemory }
            """));

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void Says_whether_it_created_or_opened(string address)
    {
        Assert.Equal(["True", "False"], Text($"(New-SharedMemory {address} -Size 10 -AllowExisting).Created; (New-SharedMemory {address} -Size 10 -AllowExisting).Created"));
        Fails($"New-SharedMemory {address} -Size 10", "SharedMemoryExists", "10 bytes");
        Fails($"New-SharedMemory {address} -Size 11 -AllowExisting", "SharedMemorySizeMismatch", "10 bytes", "11");
    }

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void Refuses_sizes_that_cannot_be_and_creates_nothing(string address)
    {
        Fails($"New-SharedMemory {address} -Size 0", "SharedMemorySizeInvalid", "0 bytes");
        Fails($"New-SharedMemory {address} -Size -1", "SharedMemorySizeInvalid", "-1 bytes");
        Fails($"New-SharedMemory {address} -Size 1PB", "SharedMemoryNoSpace", "1125899906842624 bytes");
        Fails($"Get-SharedMemory {address}", "SharedMemoryNotFound");
    }

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void A_value_that_does_not_fit_creates_nothing(string address)
    {
        Fails($"New-SharedMemory {address} -Size 5 -Value 'five.'", "SharedMemoryValueTooLarge", "6 bytes", "5 bytes");
        Fails($"Get-SharedMemory {address}", "SharedMemoryNotFound");
        Fails($"New-SharedMemory {address} -Size 50 -Value ([datetime]::Now)", "SharedMemoryValueUnsupported", "System.DateTime");
        Fails($"Get-SharedMemory {address}", "SharedMemoryNotFound");
        Assert.Equal(["five."], Text($"New-SharedMemory {address} -Size 5 -Value 'five.' -NoTerminator | Read-SharedMemory"));
    }

    [Fact]
    public void An_existing_segment_keeps_its_content_and_survives_a_failure()
    {
        Text("$null = New-SharedMemory $key 10 -Value 'kept'");

        Fails("New-SharedMemory $key 10 -AllowExisting -Value ('x' * 10)", "SharedMemoryValueTooLarge");

        Assert.Equal(["kept"], Text("Read-SharedMemory $key"));
    }

    [Fact]
    public void Takes_rows_of_a_table_by_property_name()
    {
        Assert.Equal(
            ["1024 416", "2048 384"],
            Text("""
                [pscustomobject]@{ Name = "$name-1"; Size = '1KB'; Mode = '0640' }, [pscustomobject]@{ Key = $key; Size = 2KB; Mode = '600' } |
                    New-SharedMemory | ForEach-Object { "$($_.Size) $([int]$_.Mode)" }
                """));
    }

    [Fact]
    public void Takes_the_mode_of_a_snapshot_by_property_name() =>
        Assert.Equal(["416 10"], Text("$null = New-SharedMemory $key 10 -Mode 0640; [pscustomobject]@{ Name = $name; Size = 10; Mode = (Get-SharedMemory $key).Mode } | New-SharedMemory | ForEach-Object { \"$([int]$_.Mode) $($_.Size)\" }"));

    [Fact]
    public void A_bad_row_is_one_error_and_the_others_are_created()
    {
        EngineResult result = Run("'0600', 'bad', '0640' | ForEach-Object { [pscustomobject]@{ Name = \"$name-$_\"; Size = 10; Mode = $_ } } | New-SharedMemory | ForEach-Object { [int]$_.Mode }");

        Assert.Equal(["384", "416"], result.Text);
        Assert.Equal(["SharedMemoryModeInvalid"], result.ErrorIds);
    }

    [Fact]
    public void Refuses_the_names_of_semaphores() => Fails("New-SharedMemory -Name sem.frames -Size 1", "SharedMemoryNameInvalid", "semaphore");

    [Fact]
    public void WhatIf_creates_nothing()
    {
        Assert.Empty(Text("New-SharedMemory $key 1KB -WhatIf"));
        Fails("Get-SharedMemory $key", "SharedMemoryNotFound");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("/leading")]
    public void Refuses_what_is_no_name(string given) => Fails($"New-SharedMemory -Name '{given}' -Size 1", "SharedMemoryNameInvalid", given);

    [Fact]
    public void Refuses_a_name_over_255_bytes() => Fails("New-SharedMemory -Name ('x' * 256) -Size 1", "SharedMemoryNameInvalid", "256 bytes");

    [Fact]
    public void Refuses_an_ftok_path_that_does_not_exist() => Fails("New-SharedMemory -Key 'ftok:/no/such,1' -Size 1", "SharedMemoryKeyPathNotFound", "/no/such");
}
