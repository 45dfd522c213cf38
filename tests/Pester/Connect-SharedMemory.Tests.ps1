#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Connect-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'returns a view that is read and written by pipeline and by argument, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $null = New-SharedMemory @address -Size 64 -Value 'first'
        $view = Connect-SharedMemory @address
        $view | Read-SharedMemory | Should -BeExactly 'first'
        $view | Write-SharedMemory -Value 'second'
        Read-SharedMemory -InputObject $view | Should -BeExactly 'second'
        Write-SharedMemory -InputObject $view -Value ([int[]] 77) -Offset 60
        Read-SharedMemory -InputObject $view -As Int32 -Offset 60 | Should -Be 77
    }

    Context 'with a second process' {
        BeforeAll { $second = Start-SecondProcess }
        AfterAll { Stop-SecondProcess $second }

        It 'returns a view of the same memory as the other process' {
            $view = New-SharedMemory -Key $key -Size 1KB | Connect-SharedMemory
            Invoke-SecondProcess $second { Write-SharedMemory -Key $args[0] -Value 'from there' } $key
            $view | Read-SharedMemory | Should -BeExactly 'from there'
            $view | Write-SharedMemory -Value 'from here'
            Invoke-SecondProcess $second { Read-SharedMemory -Key $args[0] } $key | Should -BeExactly 'from here'
            $view | Disconnect-SharedMemory
            (Get-SharedMemory -Key $key).AttachCount | Should -Be 0
            Assert-Failure { $view | Read-SharedMemory } SharedMemoryViewClosed
        }

        It 'returns a view whose copy from the other process names the memory' {
            $null = New-SharedMemory $key 64 -Value 'here'
            $copy = Invoke-SecondProcess $second { $view = Connect-SharedMemory $args[0]; $view; $view | Disconnect-SharedMemory } $key
            $copy | Read-SharedMemory | Should -BeExactly 'here'
        }

        It 'writes the records back that the other process read' {
            $layout = 'int32_t id; double value; char name[8]; uint8_t tags[3];'
            $null = New-SharedMemory -Key $key -Size 1KB
            Write-SharedMemory -Key $key -Layout $layout -Value @(
                @{ id = 1; name = 'Ada'; tags = 1, 2, 3 }
                @{ id = 2; name = 'Bob'; tags = , 4 }
            )
            $copy = Invoke-SecondProcess $second { Read-SharedMemory -Key $args[0] -Layout $args[1] -Count 2 } $key, $layout
            $copy | Write-SharedMemory -Key $key -Layout $layout -Offset 512
            (Read-SharedMemory -Key $key -Layout $layout -Offset 512 -Count 2).name | Should -BeExactly 'Ada', 'Bob'
        }
    }

    It 'returns a view whose copy names the memory, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $view = New-SharedMemory @address -Size 64 -Value 'here' | Connect-SharedMemory
        ConvertTo-Deserialized $view | Read-SharedMemory | Should -BeExactly 'here'
    }

    It 'returns a view of the open segment, not of a later one with the same key' {
        $null = New-SharedMemory $key 64 -Value 'old'
        $view = Connect-SharedMemory $key
        Remove-SharedMemory $key
        $null = New-SharedMemory $key 64 -Value 'new'
        $view | Read-SharedMemory | Should -BeExactly 'old'
        ($view | Get-SharedMemory).Status | Should -Be Dest
        Disconnect-SharedMemory $view
        Read-SharedMemory $key | Should -BeExactly 'new'
    }

    It 'returns a view that does not write with -ReadOnly, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $null = New-SharedMemory @address -Size 64 -Mode 0400 -Value 'kept'
        $view = Connect-SharedMemory @address -ReadOnly
        "$($view.Access) $($view | Read-SharedMemory)" | Should -BeExactly 'Read kept'
        Assert-Failure { $view | Write-SharedMemory -Value 'lost' } SharedMemoryAccessDenied 'reading only'
    }

    It 'leaves the view to the caller after Select-Object' {
        $null = New-SharedMemory -Key $key -Size 1KB -Value 'here'
        $view = Connect-SharedMemory -Key $key, $key | Select-Object -First 1
        (Get-SharedMemory -Key $key).AttachCount | Should -Be 1
        $view | Read-SharedMemory | Should -BeExactly 'here'
    }

    It 'leaves the view to the caller after break' {
        $null = New-SharedMemory $key 64 -Value 'here'
        do { Connect-SharedMemory $key, $key | ForEach-Object { $view = $_; break } } while ($false)
        $view | Read-SharedMemory | Should -BeExactly 'here'
        (Get-SharedMemory $key).AttachCount | Should -Be 1
    }

    It 'leaves nothing attached when the pipeline fails: <command>' -ForEach @(
        @{ Command = { $opened = Connect-SharedMemory $key, 0x7e570001 -ErrorAction Stop }; Id = 'SharedMemoryNotFound' }
        @{ Command = { Connect-SharedMemory 0x7e570001 -ErrorAction Stop }; Id = 'SharedMemoryNotFound' }
        @{ Command = { Connect-SharedMemory $key | ForEach-Object { throw 'no' } }; Id = 'no' }
    ) {
        $null = New-SharedMemory $key 64
        Assert-Failure $command $id
        (Get-SharedMemory $key).AttachCount | Should -Be 0
    }

    It 'connects the good ones of several addresses' {
        $null = New-SharedMemory $key 64
        $view = Connect-SharedMemory 0x7e570001, $key, 'bad' -ErrorAction SilentlyContinue -ErrorVariable failed
        $view.Size | Should -Be 64
        Get-ErrorId $failed | Should -BeExactly 'SharedMemoryNotFound', 'SharedMemoryKeyInvalid'
    }

    It 'returns a view with atomic methods' {
        $null = New-SharedMemory $key 64
        $view = Connect-SharedMemory $key
        $view.AtomicAddInt32(0, 1) | Should -Be 1
        $view.AtomicAddInt32(0, 4) | Should -Be 5
        $view.AtomicCompareExchangeInt32(0, 7, 5) | Should -Be 5
        $view.AtomicLoadInt32(0) | Should -Be 7
        $view.AtomicStoreInt64(8, 4294967296)
        $view.AtomicLoadInt64(8) | Should -Be 4294967296
    }

    It 'returns a view that counts atomically' {
        $view = New-SharedMemory -Key $key -Size 1KB | Connect-SharedMemory
        1..10 | ForEach-Object { $null = $view.AtomicAddInt64(8, 5) }
        $view | Read-SharedMemory -As Int64 -Offset 8 | Should -Be 50
        { $view.AtomicAddInt64(4, 1) } | Should -Throw '*multiple of 8*'
    }

    It 'returns a view with a table, also when it is closed' {
        $view = New-SharedMemory -Key $key -Size 1KB | Connect-SharedMemory -ReadOnly
        $view | Out-String -Width 80 | Should -Match "SystemV +$key +\d+ +1 KB Read +False"
        $view | Disconnect-SharedMemory
        $view | Out-String -Width 80 | Should -Match "SystemV +$key +\d+ +Read +True"
    }
}
