#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    # Whatever PowerShell's arithmetic can produce, as one value and in lists.
    $untyped = '5', '[long] 5', '1.5', '1.5d', '1 + [byte] 255', '1 + [int]::MaxValue', '1, 2', '[byte] 1, 2', "'text', 2", '@(1, @(2))', '1..3',
        '[Collections.ArrayList] (1, 2)', '[object[]] (1, 2)' | ForEach-Object { @{ Value = $_ } }
    $typed = @(
        @{ Value = '[int[]] (1, 2)'; Bytes = 1, 0, 0, 0, 2, 0, 0, 0 }
        @{ Value = '[long[]] (, 1)'; Bytes = 1, 0, 0, 0, 0, 0, 0, 0 }
        @{ Value = '[Collections.Generic.List[int]] (1, 2)'; Bytes = 1, 0, 0, 0, 2, 0, 0, 0 }
        @{ Value = '[byte[]] (7, 8)'; Bytes = 7, 8 }
        @{ Value = '[byte] 7'; Bytes = , 7 }
        @{ Value = '[uint16] 7, [byte] 8'; Bytes = 7, 0, 8 }
        @{ Value = '[uint32] 7'; Bytes = 7, 0, 0, 0 }
        @{ Value = '[float] 1'; Bytes = 0, 0, 128, 63 }
        @{ Value = '$true'; Bytes = , 1 }
        @{ Value = '[DayOfWeek]::Friday'; Bytes = 5, 0, 0, 0 }
        @{ Value = "'ab'"; Bytes = 97, 98, 0 }
    )
    $types = 'SByte', 'Byte', 'Bytes', 'Int16', 'UInt16', 'Int32', 'UInt32', 'Int64', 'UInt64', 'Half', 'Single', 'Double', 'Boolean'
}

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Write-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'writes text that C reads' {
        $null = New-SharedMemory -Key $key -Size 1024 -Mode 0666 -AllowExisting
        Write-SharedMemory -Key $key -Value 'Linux Programming'
        Invoke-Peer (Get-CProgram shm) 'sysv-read', ([int] $key), 1024 | Should -BeExactly 'Linux Programming'
    }

    It 'writes text that Python reads' {
        New-SharedMemory -Name $name -Size 4096 | Write-SharedMemory -Value 'to Python'
        Invoke-Peer (Get-Program python3 python3) "$root/tests/Peers/shm.py", 'read', $name | Should -BeExactly 'to Python'
    }

    It 'writes text with its NUL and leaves the bytes behind it, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $null = New-SharedMemory @address -Size 32
        Write-SharedMemory @address -Value 'a longer text'
        Write-SharedMemory @address -Value 'text'
        (Read-SharedMemory @address -As Bytes -Count 8) | Should -Be 116, 101, 120, 116, 0, 103, 101, 114
    }

    It 'gathers the values of the pipeline' {
        $null = New-SharedMemory $key 64
        'one', 'two' | Write-SharedMemory $key
        [uint32[]] (1, 2) | Write-SharedMemory $key -Offset 8
        , [byte[]] (7, 8) | Write-SharedMemory $key -Offset 16
        [byte[]] (9, 10) | Write-SharedMemory $key -Offset 18
        (Read-SharedMemory $key -As Bytes -Count 20) | Should -Be 111, 110, 101, 0, 116, 119, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7, 8, 9, 10
    }

    It 'writes a number that reads as it was: <type>' -ForEach @(
        @{ Type = 'SByte'; Value = [sbyte] -1 }
        @{ Type = 'Byte'; Value = [byte] 200 }
        @{ Type = 'Int16'; Value = [int16] -2 }
        @{ Type = 'UInt16'; Value = [uint16] 65535 }
        @{ Type = 'Int32'; Value = [int[]] -3 }
        @{ Type = 'UInt32'; Value = [uint32] 4000000000 }
        @{ Type = 'Int64'; Value = [long[]] -4 }
        @{ Type = 'UInt64'; Value = [uint64] 18446744073709551615 }
        @{ Type = 'Half'; Value = [Half] 1.5 }
        @{ Type = 'Single'; Value = [float] 1.5 }
        @{ Type = 'Double'; Value = [double[]] 1e300 }
        @{ Type = 'Boolean'; Value = $true }
    ) {
        $null = New-SharedMemory $key 16
        Write-SharedMemory $key -Value $value
        $read = Read-SharedMemory $key -As $type
        $read -eq @($value)[0] | Should -BeTrue
        $read.GetType() | Should -Be @($value)[0].GetType()
    }

    It 'takes an encoding by name, code page, and object' {
        $null = New-SharedMemory $key 64
        Write-SharedMemory $key '한글' -Encoding 949 -NoTerminator
        (Read-SharedMemory $key -As Bytes).IndexOf([byte] 0) | Should -Be 4
        Read-SharedMemory $key -Encoding euc-kr | Should -BeExactly '한글'
        Write-SharedMemory $key '한글' -Encoding unicode
        Read-SharedMemory $key -Encoding utf-16 | Should -BeExactly '한글'
        Write-SharedMemory $key '한글' -Encoding ([Text.Encoding]::UTF32)
        Read-SharedMemory $key -Encoding utf32 | Should -BeExactly '한글'
    }

    It 'fails for text that the encoding cannot express, and writes no question mark' {
        $null = New-SharedMemory $key 16 -Value 'kept'
        Assert-Failure { Write-SharedMemory $key 'né' -Encoding ascii } SharedMemoryValueNotEncodable 'index 1'
        Read-SharedMemory $key | Should -BeExactly 'kept'
    }

    It 'fails for a list that contains itself' {
        $null = New-SharedMemory $key 16 -Value 'kept'
        $list = [object[]]::new(2)
        $list[0] = $list[1] = $list
        Assert-Failure { Write-SharedMemory $key -Value $list } SharedMemoryValueUnsupported 'contains itself'
        Assert-Failure { Write-SharedMemory $key -Layout 'int a;' -Value $list } LayoutValueInvalid 'contains itself'
        Read-SharedMemory $key | Should -BeExactly 'kept'
    }

    It 'changes nothing when the value does not fit, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $null = New-SharedMemory @address -Size 8 -Value 'kept'
        Assert-Failure { Write-SharedMemory @address -Value '12345678' } SharedMemoryValueTooLarge '9 bytes', '8 bytes'
        Assert-Failure { Write-SharedMemory @address -Value '1234' -Offset 4 } SharedMemoryValueTooLarge '5 bytes at offset 4', '4 of them'
        Assert-Failure { Write-SharedMemory @address -Value ([int[]] 1) -Offset 9 } SharedMemoryOutOfRange 'Offset 9'
        Assert-Failure { Write-SharedMemory @address -Value ([int[]] 1) -Offset -1 } SharedMemoryOutOfRange 'Offset -1'
        Assert-Failure { [uint32[]] (1, 2, 3) | Write-SharedMemory @address } SharedMemoryValueTooLarge '12 bytes'
        Assert-Failure { 'x', ([datetime]::Now) | Write-SharedMemory @address } SharedMemoryValueUnsupported 'System.DateTime'
        Assert-Failure { Write-SharedMemory @address -Value $null } SharedMemoryValueUnsupported 'null'
        Assert-Failure { Write-SharedMemory @address -Value @{ a = 1 } } SharedMemoryValueUnsupported 'Hashtable'
        Read-SharedMemory @address | Should -BeExactly 'kept'
        (Get-SharedMemory @address).Size | Should -Be 8
        Write-SharedMemory @address -Value '12345678' -NoTerminator
        Read-SharedMemory @address | Should -BeExactly '12345678'
    }

    It 'says to use -Value for a positional value beside shared memory from the pipeline' {
        Assert-Failure { New-SharedMemory $key 10 | Write-SharedMemory 'text' } SharedMemoryValueUnsupported '-Value'
    }

    It 'returns the snapshot with -PassThru' {
        $null = New-SharedMemory -Name $name -Size 10
        (Write-SharedMemory -Name $name -Value 'x' -PassThru).Size | Should -Be 10
    }

    It 'writes nothing with -WhatIf' {
        $null = New-SharedMemory $key 16 -Value 'kept'
        Write-SharedMemory $key 'lost' -WhatIf
        Read-SharedMemory $key | Should -BeExactly 'kept'
    }

    It 'refuses two addresses at once' { Assert-Failure { Write-SharedMemory -Key 1 -Name x -Value 'x' } AmbiguousParameterSet }

    It 'refuses to write no value' { Assert-BindingFailure { Write-SharedMemory -Key $key } }
}

Describe 'Write-SharedMemory -Layout' -Skip:(-not $IsLinux) {
    BeforeEach {
        . New-TestAddress
        $person = 'int32_t id; double value; char name[8];'
    }
    AfterEach { Clear-TestAddress }

    It 'writes a hashtable that reads as an object, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $struct = "struct person { $person };"
        $null = New-SharedMemory @address -Size 24
        Write-SharedMemory @address -Layout $struct -Value @{ id = 7; value = 1.5; name = 'Ada' }
        $record = Read-SharedMemory @address -Layout $struct
        "$($record.id) $($record.value) $($record.name)" | Should -BeExactly '7 1.5 Ada'
        "$($record.id.GetType()) $($record.value.GetType()) $($record.name.GetType())" | Should -BeExactly 'int double string'
        Read-SharedMemory @address -As Int32 -Count 2 | Should -Be 7, 0
    }

    It 'writes records that C reads' {
        $layout = 'int32_t id; double value; char name[8]; uint8_t tags[3];'
        $null = New-SharedMemory -Key $key -Size 1KB
        Write-SharedMemory -Key $key -Layout $layout -Value @(
            @{ id = 1; value = 1.5; name = 'Ada'; tags = 1, 2, 3 }
            @{ id = 2; value = -0.25; name = 'Bob'; tags = , 4 }
        )
        $program = Get-CProgram records @"
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/shm.h>
struct record { $layout };
int main(int count, char **arguments) {
    struct record *r = shmat(shmget((key_t)strtoll(arguments[count - 1], 0, 0), 0, 0), 0, SHM_RDONLY);
    printf("%d %g %s %d %s\n", r[0].id, r[0].value, r[0].name, r[0].tags[2], r[1].name);
}
"@
        Invoke-Peer $program $key | Should -BeExactly '1 1.5 Ada 3 Bob'
    }

    It 'writes records one after another: <command>' -ForEach @(
        @{
            Command = {
                Write-SharedMemory $key -Layout $person -Value @{ id = 1; name = 'a' }, @{ id = 2; name = 'b' }, @{ id = 3; name = 'c' }
            }
        }
        @{
            Command = {
                @{ id = 1; name = 'a' }, @{ id = 2; name = 'b' }, @{ id = 3; name = 'c' } | Write-SharedMemory $key -Layout $person
            }
        }
        @{
            Command = {
                1..3 | ForEach-Object { [pscustomobject] @{ id = $_; name = [char] (96 + $_) } } |
                    Write-SharedMemory -Key $key -Layout $person
            }
        }
        @{
            Command = {
                Get-SharedMemory $key | Write-SharedMemory -Layout $person -Value (
                    @(@{ id = 1; name = 'a' }, @{ id = '2'; name = 'b' }), @{ id = 3.0; name = 'c' })
            }
        }
        @{
            Command = {
                $view = Connect-SharedMemory $key
                try {
                    $view | Write-SharedMemory -Layout $person -Value (
                        ([ordered] @{ name = 'a'; id = 1 }), @{ ID = 2; Name = 'b' }, @{ id = 3; name = 'c' })
                }
                finally { $view.Dispose() }
            }
        }
        @{
            Command = {
                [pscustomobject] @{ id = 1; name = 'a'; RunspaceId = 'x' }, @{ id = 2; name = 'b' }, @{ id = 3; name = 'c' } |
                    Write-SharedMemory $key -Layout $person
            }
        }
    ) {
        $null = New-SharedMemory $key 72
        & $command
        Read-SharedMemory $key -Layout $person -Count 3 | ForEach-Object { "$($_.id) $($_.name)" } | Should -BeExactly '1 a', '2 b', '3 c'
    }

    It 'writes records back that were read and changed, also after serialization' {
        $null = New-SharedMemory $key 72
        Write-SharedMemory $key -Layout $person -Value @{ id = 1; name = 'a' }, @{ id = 2; name = 'b' }
        Read-SharedMemory $key -Layout $person -Count 2 | ForEach-Object { $_.id += 10; $_ } | Write-SharedMemory -Key $key -Layout $person
        $read = Read-SharedMemory $key -Layout $person -Count 2
        $read | ForEach-Object { "$($_.id) $($_.name)" } | Should -BeExactly '11 a', '12 b'
        ConvertTo-Deserialized $read | ForEach-Object { $_.id *= 10; $_ } | Write-SharedMemory -Key $key -Layout $person
        Read-SharedMemory $key -Layout $person -Count 2 | ForEach-Object { "$($_.id) $($_.name)" } | Should -BeExactly '110 a', '120 b'
    }

    It 'writes records that went through CSV' {
        $null = New-SharedMemory -Key $key -Size 1KB
        Write-SharedMemory -Key $key -Layout $person -Value @{ id = 1; value = 1.5; name = 'Ada' }, @{ id = 2; value = -0.25; name = 'Bob' }
        Read-SharedMemory -Key $key -Layout $person -Count 2 | Select-Object id, value, name | Export-Csv "$TestDrive/records.csv"
        Import-Csv "$TestDrive/records.csv" | Write-SharedMemory -Key $key -Layout $person -Offset 512
        (Read-SharedMemory -Key $key -Layout $person -Offset 512 -Count 2).value | Should -Be 1.5, -0.25
    }

    It 'keeps the bytes of padding and of fields that are not given' {
        $null = New-SharedMemory $key 72 -Value ([byte[]] (, 0xee * 72))
        Write-SharedMemory $key -Layout $person -Value @{ id = 5 }, @{ name = 'B' }
        $bytes = Read-SharedMemory $key -As Bytes
        "$($bytes[0]) $($bytes[4..7]) $($bytes[40..47]) $($bytes[48])" | Should -BeExactly '5 238 238 238 238 66 0 0 0 0 0 0 0 238'
    }

    It 'writes nothing when a record is bad' {
        $null = New-SharedMemory $key 72 -Value 'kept'
        Assert-Failure { @{ id = 1 }, @{ id = 5000000000 } | Write-SharedMemory $key -Layout $person } LayoutValueOutOfRange `
            '2147483647', 'id'
        Assert-Failure { Write-SharedMemory $key -Layout $person -Value @{ id = 1; nothing = 2 } } LayoutFieldNotFound `
            'nothing', 'id, value, name'
        Assert-Failure { Write-SharedMemory $key -Layout $person -Value @{ id = 1; name = '123456789' } } LayoutValueOutOfRange '9 bytes'
        Assert-Failure { Write-SharedMemory $key -Layout $person -Value @{ id = 'x' } } LayoutValueInvalid 'whole number'
        Assert-Failure { Write-SharedMemory $key -Layout $person -Value 1, 2 } LayoutValueInvalid
        Assert-Failure { Write-SharedMemory $key -Layout $person -Value $null } LayoutValueInvalid
        Assert-Failure { Write-SharedMemory $key -Layout $person -Value @{ name = 'é' } -Encoding ascii } SharedMemoryValueNotEncodable
        Assert-Failure { Write-SharedMemory $key -Layout $person -Value (, @{ id = 1 } * 4) } SharedMemoryValueTooLarge `
            '4 records of 24 bytes', '3 fit in its 72 bytes'
        Assert-Failure { Write-SharedMemory $key -Layout $person -Value @{ id = 1 } -Offset 50 } LayoutLargerThanMemory `
            '22 bytes from offset 50'
        Write-SharedMemory $key -Layout $person -Value @{ id = 1 } -WhatIf
        Read-SharedMemory $key | Should -BeExactly 'kept'
    }

    It 'keeps NaN and infinity' {
        $layout = 'float a; double b;'
        $null = New-SharedMemory $key 16
        Write-SharedMemory $key -Layout $layout -Value @{ a = [float]::NaN; b = [double]::NegativeInfinity }
        $record = Read-SharedMemory $key -Layout $layout
        [float]::IsNaN($record.a) | Should -BeTrue
        [double]::IsNegativeInfinity($record.b) | Should -BeTrue
    }

    It 'writes nested structs, arrays, and unions' {
        $layout = 'struct point { int x; int y; }; struct point p[2]; uint16_t list[3]; union { uint8_t code; char letter; } u; bool on;'
        $null = New-SharedMemory $key 64
        Write-SharedMemory $key -Layout $layout -Value @{
            p = @{ x = 1; y = 2 }, [pscustomobject] @{ x = 3; y = 4 }
            list = 10, 20, 30
            u = @{ letter = 'A' }
            on = $true
        }
        $record = Read-SharedMemory $key -Layout $layout
        "$($record.p[0].x) $($record.p[1].y)" | Should -BeExactly '1 4'
        $record.list | Should -Be 10, 20, 30
        "$($record.u.code) $($record.p[1])" | Should -BeExactly '65 @{x=3; y=4}'
        $record.u.letter -eq 'A' | Should -BeTrue
        $record.on | Should -BeTrue
    }

    It 'writes the changed member of a union' {
        $layout = 'union { struct { float fl, fr, rl, rr; }; float at[4]; } tyre;'
        $null = New-SharedMemory $key 16 -Value ([float[]] (1, 2, 3, 4))
        $record = Read-SharedMemory $key -Layout $layout
        $record.tyre.fl = 9
        Write-SharedMemory $key -Layout $layout -Value $record
        Read-SharedMemory $key -As Single -Count 4 | Should -Be 9, 2, 3, 4
        $record = Read-SharedMemory $key -Layout $layout
        $record.tyre.at[3] = 7
        $record | Write-SharedMemory -Key $key -Layout $layout
        Read-SharedMemory $key -As Single -Count 4 | Should -Be 9, 2, 3, 7
    }

    It 'writes nothing when members of a union have different values: <what>' -ForEach @(
        @{ What = 'a record'; Value = { $record = Read-SharedMemory $key -Layout $layout; $record.i = 1; $record.b[0] = 2; $record } }
        @{
            What = 'a deserialized record'
            Value = { $copy = ConvertTo-Deserialized (Read-SharedMemory $key -Layout $layout); $copy.i = 1; $copy }
        }
        @{ What = 'a hashtable'; Value = { @{ i = 1; b = , 2 } } }
    ) {
        $layout = 'union { int32_t i; uint8_t b[4]; }; int32_t id;'
        $null = New-SharedMemory $key 8 -Value 'kept'
        $given = & $value
        Assert-Failure { Write-SharedMemory $key -Layout $layout -Value $given } LayoutValueConflict 'shares its bytes'
        Read-SharedMemory $key | Should -BeExactly 'kept'
    }

    It 'refuses parameters that contradict a layout: <command>' -ForEach @(
        @{ Command = { Write-SharedMemory $key -Layout 'int a;' -Value @{ a = 1 } -NoTerminator } }
        @{ Command = { Write-SharedMemory $key -Layout 'int a;' -Value @{ a = 1 } -As Int32 } }
    ) { Assert-Failure $command ParameterConflict }
}

Describe 'Write-SharedMemory of numbers' -Skip:(-not $IsLinux) {
    BeforeAll {
        # A comma keeps an array one value.
        function Get-Value([string] $Expression) { & ([scriptblock]::Create(", ($Expression)")) }
    }
    BeforeEach {
        . New-TestAddress
        $null = New-SharedMemory -Key $key -Size 64 -Value ([byte[]] (, 0xee * 64))
    }
    AfterEach { Clear-TestAddress }

    Context 'without a type' {
        It 'refuses <Value>, and so do the other cmdlets that turn a value into bytes' -ForEach $untyped {
            $value = Get-Value $Value
            { Write-SharedMemory -Key $key -Value $value -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryTypeMissing,*'
            { $value | Write-SharedMemory -Key $key -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryTypeMissing,*'
            { Wait-SharedMemory -Key $key -Value $value -TimeoutSec 0 -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryTypeMissing,*'
            { New-SharedMemory -Private -Size 64 -Value $value -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryTypeMissing,*'
            (Read-SharedMemory -Key $key -As Byte -Count 64 | Sort-Object -Unique) | Should -Be 0xee
        }

        It 'recommends -As Int32' {
            try { Write-SharedMemory -Key $key -Value 5 -ErrorAction Stop } catch { $failure = $_ }
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-As Int32*'
        }

        It 'writes <Value> in its own type' -ForEach $typed {
            Write-SharedMemory -Key $key -Value (Get-Value $Value)
            Read-SharedMemory -Key $key -As Byte -Count ($Bytes.Count + 1) | Should -Be ($Bytes + 0xee)
        }
    }

    Context '-As' {
        It 'has the names of Read-SharedMemory -As' {
            $write = (Get-Command Write-SharedMemory).Parameters['As'].ParameterType
            [Nullable]::GetUnderlyingType($write) | Should -Be (Get-Command Read-SharedMemory).Parameters['As'].ParameterType
        }

        It 'writes what Read-SharedMemory -As <_> reads' -ForEach $types {
            Write-SharedMemory -Key $key -Value 1, '0' -As $_
            @(Read-SharedMemory -Key $key -As $_ -Count 2 | ForEach-Object { $_ }) | Should -Be 1, 0
        }

        It 'writes text as String' {
            Write-SharedMemory -Key $key -Value 1.5 -As String
            Read-SharedMemory -Key $key | Should -Be '1.5'
        }

        It 'does not overwrite the neighbor of a counter, and writes nothing of a number that does not fit' {
            Write-SharedMemory -Key $key -Value ([int]::MaxValue), 77 -As Int32
            { Write-SharedMemory -Key $key -As Int32 -Value (1 + (Read-SharedMemory -Key $key -As Int32)) -ErrorAction Stop } |
                Should -Throw -ErrorId 'SharedMemoryValueOutOfRange,*'
            Read-SharedMemory -Key $key -As Int32 -Count 2 | Should -Be ([int]::MaxValue), 77
        }

        It 'refuses <Value> as <Type>, and writes nothing' -ForEach @(
            @{ Type = 'Byte'; Value = 1, 256; Id = 'SharedMemoryValueOutOfRange' }
            @{ Type = 'SByte'; Value = -129; Id = 'SharedMemoryValueOutOfRange' }
            @{ Type = 'UInt32'; Value = -1; Id = 'SharedMemoryValueOutOfRange' }
            @{ Type = 'UInt64'; Value = [bigint]::Pow(2, 64); Id = 'SharedMemoryValueOutOfRange' }
            @{ Type = 'Int64'; Value = [double] [long]::MaxValue; Id = 'SharedMemoryValueOutOfRange' }
            @{ Type = 'Int32'; Value = 2.5; Id = 'SharedMemoryValueUnsupported' }
            @{ Type = 'Int32'; Value = [double]::NaN; Id = 'SharedMemoryValueUnsupported' }
            @{ Type = 'Int32'; Value = 'text'; Id = 'SharedMemoryValueUnsupported' }
            @{ Type = 'Single'; Value = 1e300; Id = 'SharedMemoryValueOutOfRange' }
            @{ Type = 'Half'; Value = 70000; Id = 'SharedMemoryValueOutOfRange' }
            @{ Type = 'Double'; Value = @{ a = 1 }; Id = 'SharedMemoryValueUnsupported' }
        ) {
            { Write-SharedMemory -Key $key -Value $Value -As $Type -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
            (Read-SharedMemory -Key $key -As Byte -Count 64 | Sort-Object -Unique) | Should -Be 0xee
        }

        It 'gathers the pipeline' {
            1..3 | Write-SharedMemory -Key $key -As UInt16
            Read-SharedMemory -Key $key -As Byte -Count 7 | Should -Be 1, 0, 2, 0, 3, 0, 0xee
        }
    }

    Context '-As of the other cmdlets' {
        It 'New-SharedMemory writes at the start, and creates nothing for a number that does not fit' {
            $memory = New-SharedMemory -Private -Size 8 -Value 5 -As Int64
            try { $memory | Read-SharedMemory -As Int64 | Should -Be 5 } finally { $memory | Remove-SharedMemory }
            { New-SharedMemory -Name $name -Size 8 -Value 300 -As Byte -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryValueOutOfRange,*'
            Get-SharedMemory -Name "$name*" | Should -BeNullOrEmpty
        }

        It 'Wait-SharedMemory waits for the bytes of the type' {
            Write-SharedMemory -Key $key -Value 7 -As Int32
            (Wait-SharedMemory -Key $key -Value 7 -As Int32 -TimeoutSec 0).Size | Should -Be 64
            { Wait-SharedMemory -Key $key -Value 7 -As Int64 -TimeoutSec 0 -ErrorAction Stop } | Should -Throw -ErrorId 'WaitTimeout,*'
        }
    }
}
