using Xunit;

namespace PSIpc.Tests;

public sealed class ConnectSharedMemoryTests : SharedMemoryCommandTests
{
    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void A_view_is_read_and_written_by_pipeline_and_by_argument(string address) =>
        Assert.Equal(
            ["first", "second", "77"],
            Text($$"""
                $null = New-SharedMemory {{address}} -Size 64 -Value 'first'
                $view = Connect-SharedMemory {{address}}
                try {
                    $view | Read-SharedMemory
                    $view | Write-SharedMemory -Value 'second'
                    Read-SharedMemory -InputObject $view
                    Write-SharedMemory -InputObject $view -Value 77 -As Int32 -Offset 60
                    Read-SharedMemory -InputObject $view -As Int32 -Offset 60
                } finally { $view | Disconnect-SharedMemory }
                """));

    [Fact]
    public void A_view_stays_attached_until_it_is_disconnected_twice_if_need_be() =>
        Assert.Equal(
            ["0", "1", "1", "0", "0", "True"],
            Text("""
                $s = New-SharedMemory $key 64
                (Get-SharedMemory $key).AttachCount
                $view = $s | Connect-SharedMemory
                (Get-SharedMemory $key).AttachCount
                $null = $view | Read-SharedMemory
                (Get-SharedMemory $key).AttachCount
                Disconnect-SharedMemory $view
                (Get-SharedMemory $key).AttachCount
                $view, $view | Disconnect-SharedMemory
                (Get-SharedMemory $key).AttachCount
                $view.IsClosed
                """));

    [Theory]
    [InlineData("-Key $key", "Read-SharedMemory")]
    [InlineData("-Name $name", "Read-SharedMemory")]
    [InlineData("-Key $key", "Write-SharedMemory -Value 1 -As Int32")]
    [InlineData("-Name $name", "Write-SharedMemory -Value 1 -As Int32")]
    [InlineData("-Key $key", "Get-SharedMemory")]
    [InlineData("-Key $key", "Remove-SharedMemory")]
    [InlineData("-Key $key", "Connect-SharedMemory")]
    public void A_view_used_after_it_was_disconnected_is_an_error(string address, string command)
    {
        Text($"$null = New-SharedMemory {address} -Size 64; $view = Connect-SharedMemory {address}; $view.Dispose()");

        Fails($"$view | {command}", "SharedMemoryViewClosed", "is closed");
        Text($"$null = Get-SharedMemory {address}");
    }

    [Fact]
    public void A_view_means_the_segment_that_is_open_and_not_a_later_one_of_the_same_key() =>
        Assert.Equal(
            ["old", "Dest", "new"],
            Text("""
                $null = New-SharedMemory $key 64 -Value 'old'
                $view = Connect-SharedMemory $key
                Remove-SharedMemory $key
                $null = New-SharedMemory $key 64 -Value 'new'
                $view | Read-SharedMemory
                ($view | Get-SharedMemory).Status
                Disconnect-SharedMemory $view
                Read-SharedMemory $key
                """));

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void A_view_for_reading_only_does_not_write(string address)
    {
        Text($"$null = New-SharedMemory {address} -Size 64 -Mode 0400 -Value 'kept'; $view = Connect-SharedMemory {address} -ReadOnly");

        Assert.Equal(["Read kept"], Text("\"$($view.Access) $($view | Read-SharedMemory)\""));
        Fails("$view | Write-SharedMemory -Value 'lost'", "SharedMemoryAccessDenied", "reading only");
        Text("$view | Disconnect-SharedMemory");
    }

    [Fact]
    public void A_view_that_came_from_another_process_names_the_memory() =>
        Assert.Equal(
            ["here", "here"],
            Text("""
                foreach ($s in (New-SharedMemory $key 64 -Value 'here'), (New-SharedMemory -Name $name -Size 64 -Value 'here')) {
                    $view = $s | Connect-SharedMemory
                    [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($view)) | Read-SharedMemory
                    $view | Disconnect-SharedMemory
                }
                """));

    [Fact]
    public void Select_Object_like_stop_leaves_the_view_with_the_caller()
    {
        // The engine package has no Select-Object; a break is the same kind of end.
        Text("$null = New-SharedMemory $key 64 -Value 'here'; do { Connect-SharedMemory $key, $key | ForEach-Object { $view = $_; break } } while ($false)");

        Assert.Equal(["here", "1"], Text("$view | Read-SharedMemory; (Get-SharedMemory $key).AttachCount"));
        Text("Disconnect-SharedMemory $view");
    }

    [Theory]
    [InlineData("$view = Connect-SharedMemory $key, 0x7e570001 -ErrorAction Stop", "SharedMemoryNotFound")]
    [InlineData("Connect-SharedMemory 0x7e570001 -ErrorAction Stop", "SharedMemoryNotFound")]
    [InlineData("Connect-SharedMemory $key | ForEach-Object { throw 'no' }", "no")]
    public void Nothing_stays_attached_when_the_pipeline_fails(string script, string id)
    {
        Text("$null = New-SharedMemory $key 64");

        Fails(script, id);

        Assert.Equal(["0"], Text("(Get-SharedMemory $key).AttachCount"));
    }

    [Fact]
    public async Task Nothing_stays_attached_when_the_pipeline_is_stopped()
    {
        Text("$null = New-SharedMemory $key 64");

        await Stop("Connect-SharedMemory $key | ForEach-Object { $global:begun.Set(); while ($true) { $null = $_.IsClosed } }");

        Assert.Equal(["0"], Text("(Get-SharedMemory $key).AttachCount"));
    }

    [Fact]
    public void Of_several_addresses_the_good_ones_are_connected()
    {
        Text("$null = New-SharedMemory $key 64");

        EngineResult result = Run("Connect-SharedMemory 0x7e570001, $key, 'bad' | ForEach-Object { $_.Size; $_.Dispose() }");

        Assert.Equal(["64"], result.Text);
        Assert.Equal(["SharedMemoryNotFound", "SharedMemoryKeyInvalid"], result.ErrorIds);
    }

    [Theory]
    [InlineData("Disconnect-SharedMemory $null")]
    [InlineData("Disconnect-SharedMemory 1234")]
    [InlineData("Get-SharedMemoryLimit | Disconnect-SharedMemory")]
    public void Only_views_can_be_disconnected(string script) =>
        Assert.IsAssignableFrom<System.Management.Automation.ParameterBindingException>(Assert.Single(Run(script).Errors).Exception);

    [Fact]
    public void Scripts_use_the_views_own_methods() =>
        Assert.Equal(
            ["1 5 5 7", "4294967296"],
            Text("""
                $null = New-SharedMemory $key 64
                $view = Connect-SharedMemory $key
                "$($view.AtomicAddInt32(0, 1)) $($view.AtomicAddInt32(0, 4)) $($view.AtomicCompareExchangeInt32(0, 7, 5)) $($view.AtomicLoadInt32(0))"
                $view.AtomicStoreInt64(8, 4294967296)
                $view.AtomicLoadInt64(8)
                $view.Dispose()
                """));
}
