#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Wait-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'returns a snapshot when the memory exists' {
        $job = Start-ThreadJob -Name $name -InitializationScript $import { Wait-SharedMemory $using:key -TimeoutSec 60 }
        $null = New-SharedMemory $key 10
        ($job | Receive-Job -Wait).Size | Should -Be 10
        (Wait-SharedMemory -Key $key -Exists).Size | Should -Be 10
    }

    It 'takes names, IDs, and objects' {
        $segment = New-SharedMemory $key 10
        $null = New-SharedMemory -Name $name -Size 20
        (Wait-SharedMemory -Id $segment.Id -TimeoutSec 0).Size | Should -Be 10
        (Wait-SharedMemory -Name $name -TimeoutSec 0).Size | Should -Be 20
        ($segment | Wait-SharedMemory -TimeoutSec 0).Size | Should -Be 10
    }

    It 'continues after an object that does not appear' {
        $null = New-SharedMemory -Name $name -Size 20
        $found = Wait-SharedMemory -Name "$name-none", $name -TimeoutSec 0.05 -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.Size | Should -Be 20
        Get-ErrorId $failed | Should -BeExactly 'WaitTimeout'
    }

    It 'says what it waited for, and how long, when it times out' {
        $failure = Assert-Failure { Wait-SharedMemory $key -TimeoutSec 0.1 } WaitTimeout '0.1 s', $key, 'to exist'
        $failure.CategoryInfo.Category | Should -Be OperationTimeout
        $null = New-SharedMemory $key 10
        Assert-Failure { Wait-SharedMemory $key -Removed -TimeoutSec 0 } WaitTimeout 'to be removed'
        Assert-Failure { Wait-SharedMemory $key -AttachCount 1 -TimeoutSec 0 } WaitTimeout '1 attachment'
        Assert-Failure { Wait-SharedMemory $key -Changed -TimeoutSec 0 } WaitTimeout 'to change'
        Assert-Failure { Wait-SharedMemory $key -Value ([int[]] 7) -TimeoutSec 0 } WaitTimeout 'offset 0'
    }

    It 'returns nothing for memory that is removed' {
        Wait-SharedMemory $key -Removed -TimeoutSec 0 | Should -BeNullOrEmpty
        Wait-SharedMemory -Name $name -Removed -TimeoutSec 0 | Should -BeNullOrEmpty
    }

    It 'waits for the bytes that Write-SharedMemory writes: <value>' -ForEach @(
        @{ Value = 'ready' }
        @{ Value = [int[]] (1, 2) }
        @{ Value = [byte[]] (1, 2) }
        @{ Value = [double[]] 3.5 }
    ) {
        $null = New-SharedMemory $key 32
        Write-SharedMemory $key -Value $value -Offset 4
        (Wait-SharedMemory $key -Offset 4 -Value $value -TimeoutSec 0).Size | Should -Be 32
        Assert-Failure { Wait-SharedMemory $key -Offset 5 -Value $value -TimeoutSec 0 } WaitTimeout
        Assert-Failure { Wait-SharedMemory $key -Offset 31 -Value $value -TimeoutSec 0 } SharedMemoryOutOfRange
    }

    It 'ends when the memory changes' {
        $null = New-SharedMemory $key 32
        $job = Start-ThreadJob -Name $name -InitializationScript $import {
            Wait-SharedMemory $using:key -Changed -Offset 8 -Count 4 -TimeoutSec 60
        }
        (Wait-SharedMemory $key -AttachCount 1 -TimeoutSec 60).AttachCount | Should -Be 1

        # Again and again: no other thread sees when the wait has taken its first look.
        for ($value = 1; $job.State -in 'NotStarted', 'Running'; $value++) { Write-SharedMemory $key ([int[]] $value) -Offset 8 }
        ($job | Receive-Job -Wait).Size | Should -Be 32
    }

    It 'fails for a list that contains itself' {
        $null = New-SharedMemory $key 16 -Value 'kept'
        $list = [object[]]::new(2)
        $list[0] = $list[1] = $list
        Assert-Failure { Wait-SharedMemory $key -Value $list -TimeoutSec 0 } SharedMemoryValueUnsupported 'contains itself'
    }

    Context 'with -Layout' {
        BeforeEach {
            $layout = 'int id; double value; char name[8];'
            $null = New-SharedMemory $key -Size 64
            Write-SharedMemory $key -Offset 8 -Layout $layout -Value @{ id = 7; value = 1.5; name = 'garbage' }
            Write-SharedMemory $key -Offset (8 + 16) -Value 'ab'
        }

        It 'compares the fields that are given' {
            (Wait-SharedMemory $key -Offset 8 -Layout $layout -Value @{ id = 7 } -TimeoutSec 0).Size | Should -Be 64

            # The strcpy of a C program leaves the bytes behind the NUL.
            (Wait-SharedMemory $key -Offset 8 -Layout $layout -Value @{ name = 'ab'; VALUE = 1.5 } -TimeoutSec 0).Size | Should -Be 64
            Assert-Failure { Wait-SharedMemory $key -Offset 8 -Layout $layout -Value @{ id = 7; name = 'a' } -TimeoutSec 0 } `
                WaitTimeout '1 record of 24 bytes at offset 8'
            Assert-Failure { Wait-SharedMemory $key -Offset 48 -Layout $layout -Value @{ id = 7 } -TimeoutSec 0 } SharedMemoryOutOfRange
        }

        It 'waits until every given field has its value' {
            $job = Start-ThreadJob -Name $name -InitializationScript $import {
                $awaited = [pscustomobject] @{ id = 8; name = 'ready' }
                Wait-SharedMemory $using:key -Offset 8 -Layout $using:layout -Value $awaited -TimeoutSec 60
            }
            Write-SharedMemory $key -Offset 8 -Layout $layout -Value @{ id = 8 }
            $null = Wait-SharedMemory $key -AttachCount 1 -TimeoutSec 60
            $job.State | Should -Be Running
            Write-SharedMemory $key -Offset 8 -Layout $layout -Value @{ name = 'ready' }
            ($job | Receive-Job -Wait).Size | Should -Be 64
        }
    }

    It 'refuses conditions that contradict each other and values that cannot be: <command>' -ForEach @(
        @{ Command = { Wait-SharedMemory $key -Exists -Removed }; Id = 'ParameterConflict'; Words = , '-Exists, -Removed' }
        @{ Command = { Wait-SharedMemory $key -Count 3 }; Id = 'ParameterConflict'; Words = '-Count', '-Changed' }
        @{ Command = { Wait-SharedMemory $key -Removed -Offset 3 }; Id = 'ParameterConflict'; Words = '-Offset', '-Changed or -Value' }
        @{ Command = { Wait-SharedMemory $key -Layout 'int id;' }; Id = 'ParameterConflict'; Words = '-Layout', '-Value' }
        @{ Command = { Wait-SharedMemory $key -As Int32 }; Id = 'ParameterConflict'; Words = '-As', '-Value' }
        @{ Command = { Wait-SharedMemory $key -Layout 'int id;' -Value @{ id = 1 } -As Int32 }; Id = 'ParameterConflict' }
        @{ Command = { Wait-SharedMemory $key -Value 7 }; Id = 'SharedMemoryTypeMissing' }
        @{ Command = { Wait-SharedMemory $key -NoTerminator }; Id = 'ParameterConflict'; Words = '-NoTerminator', '-Value' }
        @{ Command = { Wait-SharedMemory $key -Layout 'int id;' -Value @{ id = 1 } -NoTerminator }; Id = 'ParameterConflict' }
        @{ Command = { Wait-SharedMemory $key -Layout 'int id;' -Value @{ } }; Id = 'LayoutValueInvalid'; Words = , 'No field' }
        @{ Command = { Wait-SharedMemory $key -Layout 'int id;' -Value @{ ID2 = 1 } }; Id = 'LayoutFieldNotFound'; Words = , 'ID2' }
        @{ Command = { Wait-SharedMemory $key -Layout 'int id' -Value @{ id = 1 } }; Id = 'LayoutInvalid' }
        @{ Command = { Wait-SharedMemory $key -TimeoutSec -1 }; Id = 'ParameterArgumentValidationError' }
        @{ Command = { Wait-SharedMemory $key -TimeoutSec ([double]::NaN) }; Id = 'ParameterArgumentValidationError' }
        @{ Command = { Wait-SharedMemory $key -Value ([datetime]::Now) }; Id = 'SharedMemoryValueUnsupported' }
    ) { Assert-Failure $command $id $words }
}
