using System.Management.Automation;
using Xunit;

namespace PSIpc.Tests;

public sealed class AddressingTests : SharedMemoryCommandTests
{
    [Fact]
    public void A_key_is_the_same_as_number_hexadecimal_and_negative()
    {
        Text("New-SharedMemory -Key $key -Size 10 -Value 'here'");

        Assert.Equal(
            ["here", "here", "here", "here"],
            Text("Read-SharedMemory $key; Read-SharedMemory -Key ([int]$key); Read-SharedMemory -Key ([long]$key); Read-SharedMemory (Get-SharedMemory $key).Key"));
    }

    [Fact]
    public void An_unquoted_hexadecimal_literal_is_a_key() =>
        Assert.Equal(["SharedMemoryNotFound"], Run("Get-SharedMemory 0x7e570001").ErrorIds);

    [Fact]
    public void A_bare_number_is_a_key_in_every_place_that_a_key_has() =>
        Assert.Equal(["by place", "by pipeline", "by id"], Text($"""
            $s = New-SharedMemory {Convert.ToInt32(Key, 16)} 32
            Write-SharedMemory {Convert.ToInt32(Key, 16)} 'by place'; Read-SharedMemory {Convert.ToInt32(Key, 16)}
            'by pipeline' | Write-SharedMemory {Convert.ToInt32(Key, 16)}; Read-SharedMemory {Convert.ToInt32(Key, 16)}
            Write-SharedMemory -Id $s.Id 'by id'; Read-SharedMemory {Convert.ToInt32(Key, 16)}
            """));

    [Fact]
    public void An_ftok_key_works()
    {
        Assert.Equal(
            ["by path"],
            Text("""
                $file = [IO.Path]::GetTempFileName()
                try {
                    $null = New-SharedMemory -Key "ftok:$file,7" -Size 10 -Value 'by path'
                    Read-SharedMemory -Key "ftok:$file,7"
                    Remove-SharedMemory -Key "ftok:$file,7"
                } finally { [IO.File]::Delete($file) }
                """));
    }

    [Theory]
    [InlineData("$s")]
    [InlineData("$s.Key")]
    [InlineData("\"$($s.Key)\"")]
    [InlineData("[pscustomobject]@{ Key = $key }")]
    [InlineData("[pscustomobject]@{ Id = $s.Id; Kind = 'SystemV' }")]
    [InlineData("[pscustomobject]@{ Id = \"$($s.Id)\"; Key = 'ignored' }")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($s))")]
    public void The_pipeline_takes_snapshots_rows_and_plain_keys(string address)
    {
        Text("$s = New-SharedMemory -Key $key -Size 10 -Value 'here'");

        Assert.Equal(["here"], Text($"{address} | Read-SharedMemory"));
        Assert.Equal([Key], Text($"{address} | Get-SharedMemory | ForEach-Object {{ '0x{{0:x8}}' -f $_.Key }}"));
        Text($"{address} | Write-SharedMemory -Value 'there'");
        Assert.Equal(["there"], Text("Read-SharedMemory $key"));
        Text($"{address} | Remove-SharedMemory");
        Fails("Get-SharedMemory $key", "SharedMemoryNotFound");
    }

    [Theory]
    [InlineData("$s")]
    [InlineData("[pscustomobject]@{ Name = $name }")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($s))")]
    public void The_pipeline_takes_named_objects(string address)
    {
        Text("$s = New-SharedMemory -Name $name -Size 10 -Value 'here'");

        Assert.Equal(["here"], Text($"{address} | Read-SharedMemory"));
        Text($"{address} | Remove-SharedMemory");
        Fails("Get-SharedMemory -Name $name", "SharedMemoryNotFound");
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Size = 1 } | Get-SharedMemory", "SharedMemoryAddressInvalid")]
    [InlineData("[datetime]::Now | Get-SharedMemory", "SharedMemoryAddressInvalid")]
    [InlineData("[Diagnostics.Process]::GetCurrentProcess() | Remove-SharedMemory -WhatIf", "SharedMemoryAddressInvalid")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize([Diagnostics.Process]::GetCurrentProcess())) | Remove-SharedMemory -WhatIf", "SharedMemoryAddressInvalid")]
    [InlineData("[pscustomobject]@{ Id = 1 } | Get-SharedMemory", "SharedMemoryAddressInvalid")]
    [InlineData("[pscustomobject]@{ Id = 'x'; Kind = 'SystemV' } | Get-SharedMemory", "SharedMemoryAddressInvalid")]
    [InlineData("[pscustomobject]@{ Id = -1; Kind = 'SystemV' } | Get-SharedMemory", "SharedMemoryAddressInvalid")]
    [InlineData("[pscustomobject]@{ Key = 'x' } | Get-SharedMemory", "SharedMemoryKeyInvalid")]
    [InlineData("'x' | Get-SharedMemory", "SharedMemoryKeyInvalid")]
    public void An_object_that_names_nothing_is_an_error(string script, string id) => Fails(script, id);

    [Theory]
    [InlineData("Get-SharedMemory -Key 1 -Id 2")]
    [InlineData("Get-SharedMemory -Key 1 -Name x")]
    [InlineData("Read-SharedMemory -Id 1 -Name x")]
    [InlineData("Remove-SharedMemory -Key 1 -Id 2 -Name x")]
    [InlineData("Write-SharedMemory -Key 1 -Name x -Value 1")]
    [InlineData("New-SharedMemory -Key 1 -Name x -Size 1")]
    [InlineData("New-SharedMemory -Key 1 -Private -Size 1")]
    public void Two_addresses_at_once_do_not_bind(string script) => Fails(script, "AmbiguousParameterSet");

    [Theory]
    [InlineData("New-SharedMemory -Key $key")]
    [InlineData("Write-SharedMemory -Key $key")]
    [InlineData("New-SharedMemory -Key $key -Size x")]
    [InlineData("Get-SharedMemory -Key $null")]
    [InlineData("Read-SharedMemory -Key $key -As Nonsense")]
    [InlineData("Read-SharedMemory -Key $key -Encoding nonsense")]
    [InlineData("Get-SharedMemory -Id x")]
    public void Wrong_arguments_fail_in_binding(string script)
    {
        EngineResult result = Run(script);

        Assert.Empty(result.Output);
        Assert.IsAssignableFrom<ParameterBindingException>(Assert.Single(result.Errors).Exception);
    }

    [Fact]
    public void Of_ten_addresses_with_one_bad_nine_give_results_and_one_an_error()
    {
        Text("1..10 | ForEach-Object { if ($_ -ne 4) { New-SharedMemory -Name \"$name-$_\" -Size 10 -Value \"$_\" } }");

        foreach (string script in new[]
        {
            "1..10 | ForEach-Object { [pscustomobject]@{ Name = \"$name-$_\" } } | Read-SharedMemory",
            "Read-SharedMemory -Name (1..10 | ForEach-Object { \"$name-$_\" })",
        })
        {
            EngineResult result = Run(script);

            Assert.Equal(["1", "2", "3", "5", "6", "7", "8", "9", "10"], result.Text);
            ErrorRecord error = Assert.Single(result.Errors);
            Assert.StartsWith("SharedMemoryNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains($"{Name}-4", error.Exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["SharedMemoryNotFound"], Run("1..10 | ForEach-Object { [pscustomobject]@{ Name = \"$name-$_\" } } | Remove-SharedMemory").ErrorIds);
        Assert.Empty(Run("Get-SharedMemory -Name \"$name-*\"").Output);
    }

    [Fact]
    public void Keys_in_one_argument_are_tried_one_by_one()
    {
        Text("New-SharedMemory -Key $key -Size 10 -Value 'good'");

        EngineResult result = Run("Read-SharedMemory -Key 'bad', $key, 0x7e570001, 0");

        Assert.Equal(["good"], result.Text);
        Assert.Equal(["SharedMemoryKeyInvalid", "SharedMemoryNotFound", "SharedMemoryKeyInvalid"], result.ErrorIds);
    }

    [Fact]
    public void ErrorAction_Stop_and_ErrorVariable_are_honoured()
    {
        Assert.Equal(
            ["caught SharedMemoryNotFound,PSIpc.Commands.GetSharedMemoryCommand", "1 error"],
            Text("""
                try { Get-SharedMemory -Name $name -ErrorAction Stop; 'not here' } catch { "caught $($_.FullyQualifiedErrorId)" }
                Get-SharedMemory -Name $name -ErrorAction SilentlyContinue -ErrorVariable found
                "$($found.Count) error"
                """));
    }

    [Fact]
    public void An_error_has_a_category_a_target_and_a_recommended_action()
    {
        ErrorRecord error = Fails("Get-SharedMemory -Name $name", "SharedMemoryNotFound");

        Assert.Equal((ErrorCategory.ObjectNotFound, Name), (error.CategoryInfo.Category, error.TargetObject));
        Assert.Contains("Get-SharedMemory", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }
}
