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

BeforeAll {
    Import-Module "$PSScriptRoot/../../PSIpc.psd1" -Force
    # A comma keeps an array one value.
    function Get-Value([string] $Expression) { & ([scriptblock]::Create(", ($Expression)")) }
    $key = '0x5d{0:x6}' -f (((Get-Random -Maximum 0x10000) -shl 8) + 0x77)
}

Describe 'Write-SharedMemory' {
    BeforeEach { $null = New-SharedMemory -Key $key -Size 64 -Value ([byte[]] (, 0xee * 64)) }
    AfterEach { Remove-SharedMemory -Key $key }

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
            $name = "PSIpc-pester-$PID-as"
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
