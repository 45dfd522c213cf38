using Xunit;

namespace PSIpc.Tests;

public sealed class ReadWriteSharedMemoryTests : SharedMemoryCommandTests
{
    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void Text_is_a_C_string(string address)
    {
        Text($"$null = New-SharedMemory {address} -Size 32; Write-SharedMemory {address} -Value 'a longer text'; Write-SharedMemory {address} -Value 'text'");

        Assert.Equal(["text", "ger t", "ext"], Text($"Read-SharedMemory {address}; Read-SharedMemory {address} -Offset 5 -Count 5; Read-SharedMemory {address} -Offset 1"));
        Assert.Equal(["116 101 120 116 0 103 101 114"], Text($"\"$(Read-SharedMemory {address} -As Bytes -Count 8)\""));
    }

    [Fact]
    public void Values_come_from_the_pipeline_as_one()
    {
        Text("$null = New-SharedMemory $key 64; 'one', 'two' | Write-SharedMemory $key; 1, 2 | Write-SharedMemory $key -As Int32 -Offset 8; ,[byte[]](7, 8) | Write-SharedMemory $key -Offset 16; [byte[]](9, 10) | Write-SharedMemory $key -Offset 18");

        Assert.Equal(
            ["111 110 101 0 116 119 111 0 1 0 0 0 2 0 0 0 7 8 9 10"],
            Text("\"$(Read-SharedMemory $key -As Bytes -Count 20)\""));
    }

    [Fact]
    public void Bytes_are_one_array_and_numbers_are_enumerated() =>
        Assert.Equal(["System.Byte[]", "1 2 3", "3", "System.Int32"], Text("""
            $null = New-SharedMemory $key 12 -Value 1, 2, 3 -As Int32
            (Read-SharedMemory $key -As Bytes).GetType().FullName
            "$(Read-SharedMemory $key -As Int32 -Count 3)"
            Read-SharedMemory $key -As Int32 -Offset 8
            (Read-SharedMemory $key -As Int32).GetType().FullName
            """));

    [Theory]
    [InlineData("SByte", "[sbyte]-1")]
    [InlineData("Byte", "[byte]200")]
    [InlineData("Int16", "[int16]-2")]
    [InlineData("UInt16", "[uint16]65535")]
    [InlineData("Int32", "-3")]
    [InlineData("UInt32", "[uint32]4000000000")]
    [InlineData("Int64", "[long]-4")]
    [InlineData("UInt64", "[uint64]18446744073709551615")]
    [InlineData("Half", "[Half]1.5")]
    [InlineData("Single", "[float]1.5")]
    [InlineData("Double", "1e300")]
    [InlineData("Boolean", "$true")]
    public void A_number_comes_back_as_it_was(string type, string value)
    {
        Assert.Equal(["True"], Text($"$null = New-SharedMemory $key 16; $v = {value}; Write-SharedMemory $key $v -As {type}; $r = Read-SharedMemory $key -As {type}; $r -eq $v -and $r.GetType() -eq $v.GetType()"));
    }

    [Fact]
    public void Encodings_go_by_name_code_page_and_object()
    {
        Assert.Equal(
            ["4", "한글", "한글", "한글"],
            Text("""
                $null = New-SharedMemory $key 64
                Write-SharedMemory $key '한글' -Encoding 949 -NoTerminator
                (Read-SharedMemory $key -As Bytes).IndexOf([byte]0)
                Read-SharedMemory $key -Encoding euc-kr
                Write-SharedMemory $key '한글' -Encoding unicode
                Read-SharedMemory $key -Encoding utf-16
                Write-SharedMemory $key '한글' -Encoding ([Text.Encoding]::UTF32)
                Read-SharedMemory $key -Encoding utf32
                """));
    }

    [Fact]
    public void Text_that_the_encoding_cannot_express_is_an_error_and_no_question_mark()
    {
        Text("$null = New-SharedMemory $key 16 -Value 'kept'");

        Fails("Write-SharedMemory $key 'né' -Encoding ascii", "SharedMemoryValueNotEncodable", "index 1");

        Assert.Equal(["kept"], Text("Read-SharedMemory $key"));
    }

    [Fact]
    public void A_list_that_contains_itself_is_an_error()
    {
        Text("$null = New-SharedMemory $key 16 -Value 'kept'");
        const string Array = "$list = [object[]]::new(2); $list[0] = $list[1] = $list;";

        Fails($"{Array} Write-SharedMemory $key -Value $list", "SharedMemoryValueUnsupported", "contains itself");
        Fails($"{Array} New-SharedMemory -Name $name -Size 16 -Value $list", "SharedMemoryValueUnsupported", "contains itself");
        Fails($"{Array} Wait-SharedMemory $key -Value $list -TimeoutSec 0", "SharedMemoryValueUnsupported", "contains itself");
        Fails($"{Array} Write-SharedMemory $key -Layout 'int a;' -Value $list", "LayoutValueInvalid", "contains itself");

        Assert.Equal(["kept"], Text("Read-SharedMemory $key"));
    }

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void What_does_not_fit_changes_nothing(string address)
    {
        Text($"$null = New-SharedMemory {address} -Size 8 -Value 'kept'");

        Fails($"Write-SharedMemory {address} -Value '12345678'", "SharedMemoryValueTooLarge", "9 bytes", "8 bytes");
        Fails($"Write-SharedMemory {address} -Value '1234' -Offset 4", "SharedMemoryValueTooLarge", "5 bytes at offset 4", "4 of them");
        Fails($"Write-SharedMemory {address} -Value 1 -As Int32 -Offset 9", "SharedMemoryOutOfRange", "Offset 9");
        Fails($"Write-SharedMemory {address} -Value 1 -As Int32 -Offset -1", "SharedMemoryOutOfRange", "Offset -1");
        Fails($"1, 2, 3 | Write-SharedMemory {address} -As Int32", "SharedMemoryValueTooLarge", "12 bytes");
        Fails($"'x', ([datetime]::Now) | Write-SharedMemory {address}", "SharedMemoryValueUnsupported", "System.DateTime");
        Fails($"Write-SharedMemory {address} -Value $null", "SharedMemoryValueUnsupported", "null");
        Fails($"Write-SharedMemory {address} -Value @{{ a = 1 }}", "SharedMemoryValueUnsupported", "Hashtable");

        Assert.Equal(["kept"], Text($"Read-SharedMemory {address}"));
        Assert.Equal(["8"], Text($"(Get-SharedMemory {address}).Size"));
        Text($"Write-SharedMemory {address} -Value '12345678' -NoTerminator");
        Assert.Equal(["12345678"], Text($"Read-SharedMemory {address}"));
    }

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void Reading_past_the_end_is_an_error(string address)
    {
        Text($"$null = New-SharedMemory {address} -Size 8");

        Fails($"Read-SharedMemory {address} -Offset 9", "SharedMemoryOutOfRange", "8 bytes");
        Fails($"Read-SharedMemory {address} -Count 9", "SharedMemoryOutOfRange", "8 bytes");
        Fails($"Read-SharedMemory {address} -Count -1", "SharedMemoryOutOfRange", "-1");
        Fails($"Read-SharedMemory {address} -As Int64 -Offset 1", "SharedMemoryOutOfRange", "8 bytes");
        Fails($"Read-SharedMemory {address} -As Int64 -Count 2", "SharedMemoryOutOfRange", "16 bytes");
        Fails($"Read-SharedMemory {address} -As Bytes -Offset ([long]::MaxValue)", "SharedMemoryOutOfRange");
        Assert.Equal(["0"], Text($"(Read-SharedMemory {address} -As Bytes -Offset 8).Length"));
    }

    [Fact]
    public void A_destination_is_filled_and_nothing_is_output()
    {
        Assert.Equal(
            ["1 2 3 0"],
            Text("""
                $null = New-SharedMemory $key 16 -Value 1, 2, 3 -As Int32
                $four = [int[]]::new(4)
                Read-SharedMemory $key -Destination $four
                "$four"
                """));
        Fails("Read-SharedMemory $key -Destination ([int[]]::new(5))", "SharedMemoryOutOfRange", "20 bytes");
        Fails("Read-SharedMemory $key -Destination ([object[]] (, 1))", "SharedMemoryValueUnsupported");
        Fails("Read-SharedMemory $key -Destination ([int[]]::new(1)) -As Bytes", "ParameterConflict");
    }

    [Fact]
    public void A_quarter_of_a_gigabyte_is_byte_exact()
    {
        Assert.Equal(["True"], Text("""
            $bytes = [byte[]]::new(256MB); [Random]::new(1).NextBytes($bytes)
            $back = [byte[]]::new(256MB)
            $null = New-SharedMemory $key 256MB -Value $bytes
            Read-SharedMemory $key -Destination $back
            [Linq.Enumerable]::SequenceEqual[byte]($bytes, $back)
            """));
    }

    [Fact]
    public void Shared_memory_by_pipeline_with_a_positional_value_says_what_to_write_instead() =>
        Fails("New-SharedMemory $key 10 | Write-SharedMemory 'text'", "SharedMemoryValueUnsupported", "-Value");

    [Fact]
    public void PassThru_gives_the_snapshot() =>
        Assert.Equal([$"{10}"], Text("$null = New-SharedMemory -Name $name -Size 10; (Write-SharedMemory -Name $name -Value 'x' -PassThru).Size"));

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Text("$null = New-SharedMemory $key 16 -Value 'kept'; Write-SharedMemory $key 'lost' -WhatIf");

        Assert.Equal(["kept"], Text("Read-SharedMemory $key"));
    }
}
