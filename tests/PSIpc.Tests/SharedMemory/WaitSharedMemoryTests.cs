using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

public sealed class WaitSharedMemoryTests : SharedMemoryCommandTests
{
    private const string Record = "'int id; double value; char name[8];'";

    [Fact]
    public async Task It_gives_a_snapshot_when_the_memory_exists()
    {
        var wait = Task.Run(() => Text("(Wait-SharedMemory $key -TimeoutSec 60).Size"));
        SharedMemoryInAnotherEngine("$null = New-SharedMemory $key 10");

        Assert.Equal(["10"], await wait.WaitAsync(ChildProcess.Patience));
        Assert.Equal(["10"], Text("(Wait-SharedMemory -Key $key -Exists).Size"));
    }

    [Fact]
    public void It_takes_names_ids_and_objects_and_goes_on_after_one_that_does_not_come()
    {
        Text("$s = New-SharedMemory $key 10; $null = New-SharedMemory -Name $name -Size 20");

        Assert.Equal(["10", "20", "10"], Text("""
            (Wait-SharedMemory -Id $s.Id -TimeoutSec 0).Size
            (Wait-SharedMemory -Name $name -TimeoutSec 0).Size
            ($s | Wait-SharedMemory -TimeoutSec 0).Size
            """));
        EngineResult result = Run("(Wait-SharedMemory -Name \"$name-none\", $name -TimeoutSec 0.05).Size");
        Assert.Equal(["20"], result.Text);
        Assert.Equal(["WaitTimeout"], result.ErrorIds);
    }

    [Fact]
    public void A_time_out_is_an_error_that_says_what_and_how_long()
    {
        var error = Fails("Wait-SharedMemory $key -TimeoutSec 0.1", "WaitTimeout", "0.1 s", Key, "to exist");

        Assert.Equal(System.Management.Automation.ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
        Text("$null = New-SharedMemory $key 10");
        Fails("Wait-SharedMemory $key -Removed -TimeoutSec 0", "WaitTimeout", "to be removed");
        Fails("Wait-SharedMemory $key -AttachCount 1 -TimeoutSec 0", "WaitTimeout", "1 attachment");
        Fails("Wait-SharedMemory $key -Changed -TimeoutSec 0", "WaitTimeout", "to change");
        Fails("Wait-SharedMemory $key -Value 7 -As Byte -TimeoutSec 0", "WaitTimeout", "offset 0");
    }

    [Fact]
    public void What_is_removed_gives_nothing()
    {
        Assert.Empty(Text("Wait-SharedMemory $key -Removed -TimeoutSec 0"));
        Assert.Empty(Text("Wait-SharedMemory -Name $name -Removed -TimeoutSec 0"));
    }

    [Theory]
    [InlineData("'ready'", "'ready'")]
    [InlineData("([int[]] (1, 2))", "1, 2 -As Int32")]
    [InlineData("([byte[]] (1, 2))", "([byte[]] (1, 2))")]
    [InlineData("3.5 -As Single", "([float] 3.5)")]
    public void A_value_is_what_Write_writes(string written, string awaited)
    {
        Text($"$null = New-SharedMemory $key 32; Write-SharedMemory $key {written} -Offset 4");

        Assert.Equal(["32"], Text($"(Wait-SharedMemory $key -Offset 4 -Value {awaited} -TimeoutSec 0).Size"));
        Fails($"Wait-SharedMemory $key -Offset 5 -Value {awaited} -TimeoutSec 0", "WaitTimeout");
        Fails($"Wait-SharedMemory $key -Offset 31 -Value {awaited} -TimeoutSec 0", "SharedMemoryOutOfRange");
    }

    [Fact]
    public async Task A_change_ends_it()
    {
        Text("$null = New-SharedMemory $key 32");
        var wait = Task.Run(() => Text("(Wait-SharedMemory $key -Changed -Offset 8 -Count 4 -TimeoutSec 60).Size"));
        using var other = new Engine();
        other.SetVariable("key", Key);
        Assert.Equal(["1"], other.Invoke("(Wait-SharedMemory $key -AttachCount 1 -TimeoutSec 60).AttachCount").Text);

        // Again and again: nobody outside sees when the wait has taken its first look.
        for (int value = 1; !wait.IsCompleted && value < 100_000; value++)
        {
            other.Invoke($"Write-SharedMemory $key {value} -As Int32 -Offset 8");
        }

        Assert.Equal(["32"], await wait.WaitAsync(ChildProcess.Patience));
    }

    [Fact]
    public async Task A_record_is_there_when_the_fields_that_are_given_have_their_values()
    {
        Text("""
            $null = New-SharedMemory $key -Size 64
            Write-SharedMemory $key -Offset 8 -Layout $layout -Value @{ id = 7; value = 1.5; name = 'garbage' }
            Write-SharedMemory $key -Offset (8 + 16) -Value 'ab'
            """.Replace("$layout", Record, StringComparison.Ordinal));

        Assert.Equal(["64"], Text($"(Wait-SharedMemory $key -Offset 8 -Layout {Record} -Value @{{ id = 7 }} -TimeoutSec 0).Size"));

        // A C program's strcpy leaves what was behind the NUL.
        Assert.Equal(["64"], Text($"(Wait-SharedMemory $key -Offset 8 -Layout {Record} -Value @{{ name = 'ab'; VALUE = 1.5 }} -TimeoutSec 0).Size"));
        Fails($"Wait-SharedMemory $key -Offset 8 -Layout {Record} -Value @{{ id = 7; name = 'a' }} -TimeoutSec 0", "WaitTimeout", "1 record of 24 bytes at offset 8");
        Fails($"Wait-SharedMemory $key -Offset 48 -Layout {Record} -Value @{{ id = 7 }} -TimeoutSec 0", "SharedMemoryOutOfRange");

        var wait = Task.Run(() => Text($"(Wait-SharedMemory $key -Offset 8 -Layout {Record} -Value ([pscustomobject] @{{ id = 8; name = 'ready' }}) -TimeoutSec 60).Size"));
        using var other = new Engine();
        other.SetVariable("key", Key);
        other.Invoke($"Write-SharedMemory $key -Offset 8 -Layout {Record} -Value @{{ id = 8 }}");
        Assert.False(wait.IsCompleted);
        other.Invoke($"Write-SharedMemory $key -Offset 8 -Layout {Record} -Value @{{ name = 'ready' }}");
        Assert.Equal(["64"], await wait.WaitAsync(ChildProcess.Patience));
    }

    [Fact]
    public void Two_conditions_or_a_bad_time_out_are_refused()
    {
        Fails("Wait-SharedMemory $key -Exists -Removed", "ParameterConflict", "-Exists, -Removed");
        Fails("Wait-SharedMemory $key -Count 3", "ParameterConflict", "-Count", "-Changed");
        Fails("Wait-SharedMemory $key -Removed -Offset 3", "ParameterConflict", "-Offset", "-Changed or -Value");
        Fails("Wait-SharedMemory $key -Layout 'int id;'", "ParameterConflict", "-Layout", "-Value");
        Fails("Wait-SharedMemory $key -As Int32", "ParameterConflict", "-As", "-Value");
        Fails("Wait-SharedMemory $key -Layout 'int id;' -Value @{ id = 1 } -As Int32", "ParameterConflict");
        Fails("Wait-SharedMemory $key -Value 7", "SharedMemoryTypeMissing");
        Fails("Wait-SharedMemory $key -NoTerminator", "ParameterConflict", "-NoTerminator", "-Value");
        Fails("Wait-SharedMemory $key -Layout 'int id;' -Value @{ id = 1 } -NoTerminator", "ParameterConflict");
        Fails("Wait-SharedMemory $key -Layout 'int id;' -Value @{ }", "LayoutValueInvalid", "No field");
        Fails("Wait-SharedMemory $key -Layout 'int id;' -Value @{ ID2 = 1 }", "LayoutFieldNotFound", "ID2");
        Fails("Wait-SharedMemory $key -Layout 'int id' -Value @{ id = 1 }", "LayoutInvalid");
        Fails("Wait-SharedMemory $key -TimeoutSec -1", "ParameterArgumentValidationError");
        Fails("Wait-SharedMemory $key -TimeoutSec ([double]::NaN)", "ParameterArgumentValidationError");
        Fails("Wait-SharedMemory $key -Value ([datetime]::Now)", "SharedMemoryValueUnsupported");
    }

    [Fact]
    public async Task Stopping_the_pipeline_ends_it_at_once()
    {
        await using var child = Pwsh.Start($"try {{ [Console]::Out.WriteLine('begun'); Wait-SharedMemory {Key} }} finally {{ [Console]::Out.WriteLine('cleaned up') }}");
        await child.WaitForLineAsync("begun");
        child.Signal(2);

        ProcessResult result = await child.WaitForExitAsync();
        Assert.Equal((1, "begun\ncleaned up\n"), (result.ExitCode, result.Output));
    }

    private void SharedMemoryInAnotherEngine(string script)
    {
        using var other = new Engine();
        other.SetVariable("key", Key);
        Assert.Empty(other.Invoke(script).Errors);
    }
}
