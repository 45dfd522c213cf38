using Xunit;

namespace PSIpc.Tests;

/// <summary>A record of the tests, named in scripts.</summary>
public struct TestPoint
{
    public int X { get; set; }

    public double Y { get; set; }
}

public sealed class LayoutSharedMemoryTests : SharedMemoryCommandTests
{
    private const string Person = "$person = 'int32_t id; double value; char name[8];'; $null = New-SharedMemory $key 72";

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void A_hashtable_goes_in_and_an_object_comes_out(string address) =>
        Assert.Equal(
            ["7 1.5 Ada", "int double string", "7 0"],
            Text($$"""
                $person = 'struct person { int32_t id; double value; char name[8]; };'
                $null = New-SharedMemory {{address}} -Size 24
                Write-SharedMemory {{address}} -Layout $person -Value @{ id = 7; value = 1.5; name = 'Ada' }
                $r = Read-SharedMemory {{address}} -Layout $person
                "$($r.id) $($r.value) $($r.name)"
                "$($r.id.GetType()) $($r.value.GetType()) $($r.name.GetType())"
                "$(Read-SharedMemory {{address}} -As Int32 -Count 2)"
                """));

    [Theory]
    [InlineData("Write-SharedMemory $key -Layout $person -Value @{ id = 1; name = 'a' }, @{ id = 2; name = 'b' }, @{ id = 3; name = 'c' }")]
    [InlineData("@{ id = 1; name = 'a' }, @{ id = 2; name = 'b' }, @{ id = 3; name = 'c' } | Write-SharedMemory $key -Layout $person")]
    [InlineData("1..3 | ForEach-Object { [pscustomobject] @{ id = $_; name = [char] (96 + $_) } } | Write-SharedMemory -Key $key -Layout $person")]
    [InlineData("Get-SharedMemory $key | Write-SharedMemory -Layout $person -Value @(@{ id = 1; name = 'a' }, @{ id = '2'; name = 'b' }), @{ id = 3.0; name = 'c' }")]
    [InlineData("$v = Connect-SharedMemory $key; $v | Write-SharedMemory -Layout $person -Value ([ordered] @{ name = 'a'; id = 1 }), @{ ID = 2; Name = 'b' }, @{ id = 3; name = 'c' }; $v.Dispose()")]
    [InlineData("[pscustomobject] @{ id = 1; name = 'a'; RunspaceId = 'x' }, @{ id = 2; name = 'b' }, @{ id = 3; name = 'c' } | Write-SharedMemory $key -Layout $person")]
    public void Records_go_one_after_another(string write) =>
        Assert.Equal(["1 a", "2 b", "3 c"], Text($"{Person}; {write}; Read-SharedMemory $key -Layout $person -Count 3 | ForEach-Object {{ \"$($_.id) $($_.name)\" }}"));

    [Fact]
    public void Records_read_are_changed_and_written_back_also_after_serialisation() =>
        Assert.Equal(
            ["11 a", "12 b", "110 a", "120 b"],
            Text($$"""
                {{Person}}
                Write-SharedMemory $key -Layout $person -Value @{ id = 1; name = 'a' }, @{ id = 2; name = 'b' }
                Read-SharedMemory $key -Layout $person -Count 2 | ForEach-Object { $_.id += 10; $_ } | Write-SharedMemory -Key $key -Layout $person
                $read = Read-SharedMemory $key -Layout $person -Count 2
                $read | ForEach-Object { "$($_.id) $($_.name)" }
                $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($read))
                $copy | ForEach-Object { $_.id *= 10; $_ } | Write-SharedMemory -Key $key -Layout $person
                Read-SharedMemory $key -Layout $person -Count 2 | ForEach-Object { "$($_.id) $($_.name)" }
                """));

    [Fact]
    public void Fields_that_are_not_given_and_padding_keep_their_bytes() =>
        Assert.Equal(
            ["5 238 238 238 238 66 0 0 0 0 0 0 0 238"],
            Text("""
                $null = New-SharedMemory $key 72 -Value ([byte[]] (, 0xee * 72))
                Write-SharedMemory $key -Layout 'int32_t id; double value; char name[8];' -Value @{ id = 5 }, @{ name = 'B' }
                $b = Read-SharedMemory $key -As Bytes
                "$($b[0]) $($b[4..7]) $($b[40..47]) $($b[48])"
                """));

    [Fact]
    public void Nothing_is_written_when_any_record_is_bad()
    {
        Text($"{Person}; Write-SharedMemory $key 'kept'");

        Fails("@{ id = 1 }, @{ id = 5000000000 } | Write-SharedMemory $key -Layout $person", "LayoutValueOutOfRange", "2147483647", "id");
        Fails("Write-SharedMemory $key -Layout $person -Value @{ id = 1; nothing = 2 }", "LayoutFieldNotFound", "nothing", "id, value, name");
        Fails("Write-SharedMemory $key -Layout $person -Value @{ id = 1; name = '123456789' }", "LayoutValueOutOfRange", "9 bytes");
        Fails("Write-SharedMemory $key -Layout $person -Value @{ id = 'x' }", "LayoutValueInvalid", "whole number");
        Fails("Write-SharedMemory $key -Layout $person -Value 1, 2", "LayoutValueInvalid");
        Fails("Write-SharedMemory $key -Layout $person -Value $null", "LayoutValueInvalid");
        Fails("Write-SharedMemory $key -Layout $person -Value @{ name = 'é' } -Encoding ascii", "SharedMemoryValueNotEncodable");
        Fails("Write-SharedMemory $key -Layout $person -Value (, @{ id = 1 } * 4)", "SharedMemoryValueTooLarge", "4 records of 24 bytes", "3 fit in its 72 bytes");
        Fails("Write-SharedMemory $key -Layout $person -Value @{ id = 1 } -Offset 50", "LayoutLargerThanMemory", "22 bytes from offset 50");
        Text("Write-SharedMemory $key -Layout $person -Value @{ id = 1 } -WhatIf");

        Assert.Equal(["kept"], Text("Read-SharedMemory $key"));
    }

    [Fact]
    public void Not_a_number_and_infinity_are_kept() =>
        Assert.Equal(
            ["NaN -Infinity"],
            Text("""
                $null = New-SharedMemory $key 16
                Write-SharedMemory $key -Layout 'float a; double b;' -Value @{ a = [float]::NaN; b = [double]::NegativeInfinity }
                $r = Read-SharedMemory $key -Layout 'float a; double b;'
                "$($r.a.ToString([cultureinfo]::InvariantCulture)) $([double]::IsNegativeInfinity($r.b) ? '-Infinity' : $r.b)"
                """));

    [Theory]
    [InlineData("[PSIpc.Tests.TestPoint]")]
    [InlineData("([PSIpc.Tests.TestPoint])")]
    [InlineData("'PSIpc.Tests.TestPoint'")]
    [InlineData("([PSIpc.MemoryLayout]::FromType([PSIpc.Tests.TestPoint]))")]
    [InlineData("'int X; double Y;'")]
    [InlineData("('struct point {', '  int X; // across', '  double Y;', '};')")]
    public void A_layout_is_C_a_type_its_name_or_a_layout(string layout)
    {
        SetVariable("point", new TestPoint { X = 3, Y = 0.5 });

        Assert.Equal(["3 0.5", "4 0.5"], Text($$"""
            $null = New-SharedMemory $key 16
            {{(layout.Contains("int X", StringComparison.Ordinal) ? "$point = @{ X = 3; Y = 0.5 }" : "")}}
            Write-SharedMemory $key -Layout {{layout}} -Value $point
            $r = Read-SharedMemory $key -Layout {{layout}}
            "$($r.X) $($r.Y)"
            Write-SharedMemory $key -Layout {{layout}} -Value @{ X = 4 }
            $r = Read-SharedMemory $key -Layout {{layout}}
            "$($r.X) $($r.Y)"
            """));
    }

    [Theory]
    [InlineData("'int32_t id; nonsense x;'", "LayoutInvalid", "Line 1, column 13")]
    [InlineData("\"int32_t id;`n  double\"", "LayoutInvalid", "Line 2")]
    [InlineData("'NoSuch.Type'", "LayoutInvalid", "Line 1, column 1")]
    [InlineData("'int flag : 3;'", "LayoutUnsupported", "Line 1")]
    [InlineData("'char *p;'", "LayoutUnsupported", "Line 1")]
    [InlineData("'int a; int A;'", "LayoutUnsupported", "differ only in case")]
    [InlineData("[string]", "LayoutTypeUnsupported", "System.String")]
    [InlineData("'datetime'", "LayoutTypeUnsupported", "System.DateTime")]
    [InlineData("12", "LayoutTypeUnsupported", "System.Int32")]
    public void What_is_no_layout_says_where_and_why(string layout, string id, string words)
    {
        Text("$null = New-SharedMemory $key 72");

        Fails($"Read-SharedMemory $key -Layout {layout}", id, words);
    }

    [Fact]
    public void What_does_not_fit_the_memory_says_how_much_would()
    {
        Text("$null = New-SharedMemory $key 72; $person = 'int32_t id; double value; char name[8];'");

        Fails("Read-SharedMemory $key -Layout $person -Count 4", "SharedMemoryOutOfRange", "4 records of 24 bytes", "3 fit in its 72 bytes");
        Fails("Read-SharedMemory $key -Layout $person -Count 3 -Offset 1", "SharedMemoryOutOfRange", "2 fit in its 71 bytes from offset 1");
        Fails("Read-SharedMemory $key -Layout $person -Count -1", "SharedMemoryOutOfRange", "-1");
        Fails("Read-SharedMemory $key -Layout $person -Count ([long]::MaxValue)", "SharedMemoryOutOfRange");
        Fails("Read-SharedMemory $key -Layout 'char big[73];'", "LayoutLargerThanMemory", "73 bytes", "72 bytes");
        Fails("Read-SharedMemory $key -Layout $person -Offset 73", "SharedMemoryOutOfRange", "73");
        Assert.Empty(Text("Read-SharedMemory $key -Layout $person -Count 0"));
        Assert.Equal(["3"], Text("@(Read-SharedMemory $key -Layout $person -Count 3).Count"));
    }

    [Theory]
    [InlineData("Read-SharedMemory $key -Layout 'int a;' -As Int32")]
    [InlineData("Read-SharedMemory $key -Layout 'int a;' -Destination ([int[]]::new(1))")]
    [InlineData("Write-SharedMemory $key -Layout 'int a;' -Value @{ a = 1 } -NoTerminator")]
    [InlineData("Write-SharedMemory $key -Layout 'int a;' -Value @{ a = 1 } -As Int32")]
    public void Parameters_that_contradict_each_other_are_refused(string script) => Fails(script, "ParameterConflict");

    [Fact]
    public void One_bad_address_among_good_ones_is_one_error()
    {
        Text("$null = New-SharedMemory $key 8 -Value 5 -As Int32");

        EngineResult result = Run("Read-SharedMemory 0x7e570001, $key -Layout 'int a;' | ForEach-Object a");

        Assert.Equal(["5"], result.Text);
        Assert.Equal(["SharedMemoryNotFound"], result.ErrorIds);
    }

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void A_hundred_thousand_records_are_streamed(string address) =>
        Assert.Equal(
            ["0", "1", "100000 4999950000", "True"],
            Text($$"""
                $count = 100000
                $bytes = [byte[]]::new($count * 24)
                for ($i = 0; $i -lt $count; $i++) { [BitConverter]::GetBytes($i).CopyTo($bytes, $i * 24) }
                $null = New-SharedMemory {{address}} -Size $bytes.Length -Value $bytes

                # The first record comes before the last is read: what is written meanwhile shows.
                do {
                    Read-SharedMemory {{address}} -Layout 'int32_t id; double value; char name[8];' -Count $count | ForEach-Object {
                        if ($_.id -eq 0) { $_.id; Write-SharedMemory {{address}} -Offset (99999 * 24) -Value -1 -As Int32 }
                        if ($_.id -eq 1) { $_.id; break }
                    }
                } while ($false)
                Write-SharedMemory {{address}} -Offset (99999 * 24) -Value 99999 -As Int32
                $sum = 0L; $n = 0
                $before = [GC]::GetTotalMemory($true)
                Read-SharedMemory {{address}} -Layout 'int32_t id; double value; char name[8];' -Count $count | ForEach-Object { $sum += $_.id; $n++ }
                "$n $sum"
                [GC]::GetTotalMemory($true) - $before -lt 20MB
                """));

    [Fact]
    public async Task A_stopped_read_of_records_detaches()
    {
        Text("$null = New-SharedMemory $key 1MB");

        await Stop("Read-SharedMemory $key -Layout 'int a;' -Count 200000 | ForEach-Object { $global:begun.Set(); $_ }");

        Assert.Equal(["0"], Text("(Get-SharedMemory $key).AttachCount"));
    }

    [Fact]
    public void Nested_structs_arrays_and_unions_are_objects_and_arrays() =>
        Assert.Equal(
            ["1 4", "10 20 30", "65 @{x=3; y=4} a"],
            Text("""
                $null = New-SharedMemory $key 64
                $layout = 'struct point { int x; int y; }; struct point p[2]; uint16_t list[3]; union { uint8_t code; char letter; } u; bool on;'
                Write-SharedMemory $key -Layout $layout -Value @{ p = @{ x = 1; y = 2 }, [pscustomobject] @{ x = 3; y = 4 }; list = 10, 20, 30; u = @{ letter = 'A' }; on = $true }
                $r = Read-SharedMemory $key -Layout $layout
                "$($r.p[0].x) $($r.p[1].y)"
                "$($r.list)"
                "$($r.u.code) $($r.p[1]) $($r.u.letter -eq 'A' -and $r.on ? 'a' : 'b')"
                """));

    [Fact]
    public void Records_survive_serialisation() =>
        Assert.Equal(
            ["7 1.5 Ada int"],
            Text("""
                $null = New-SharedMemory $key 24
                Write-SharedMemory $key -Layout 'int32_t id; double value; char name[8];' -Value @{ id = 7; value = 1.5; name = 'Ada' }
                $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Read-SharedMemory $key -Layout 'int32_t id; double value; char name[8];')))
                "$($copy.id) $($copy.value) $($copy.name) $($copy.id.GetType())"
                """));
}
