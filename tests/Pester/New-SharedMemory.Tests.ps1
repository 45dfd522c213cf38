#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'New-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'creates a segment at a key by position' {
        $segment = New-SharedMemory $key 1KB
        "$($segment.Kind) $($segment.Size) $($segment.Created) $($segment.Mode)" | Should -BeExactly 'SystemV 1024 True 0600'
    }

    Context 'with a second process' {
        BeforeAll { $second = Start-SecondProcess }
        AfterAll { Stop-SecondProcess $second }

        It 'creates a segment that the other process sees' {
            $segment = New-SharedMemory -Key $key -Size 1KB -Mode 0666 -Value 'Linux Programming'
            $segment.Created | Should -BeTrue
            $segment.Size | Should -Be 1024
            Invoke-SecondProcess $second { Read-SharedMemory -Key $args[0] } $key | Should -BeExactly 'Linux Programming'
        }
    }

    It 'reads the mode <mode> as chmod does' -ForEach @(
        @{ Mode = '0666'; Expected = '0666' }
        @{ Mode = '666'; Expected = '0666' }
        @{ Mode = "'0666'"; Expected = '0666' }
        @{ Mode = '0640'; Expected = '0640' }
        @{ Mode = '400'; Expected = '0400' }
        @{ Mode = '0o640'; Expected = '0640' }
        @{ Mode = 'rw-r-----'; Expected = '0640' }
        @{ Mode = "'---------'"; Expected = '0000' }
    ) {
        # The mode is a bare word of the command: PowerShell passes on the digits as they were typed.
        (& ([scriptblock]::Create("New-SharedMemory `$key 10 -Mode $mode"))).Mode | Should -BeExactly $expected
        (& ([scriptblock]::Create("New-SharedMemory -Name `$name 10 -Mode $mode"))).Mode | Should -BeExactly $expected
    }

    It 'refuses the mode <_> and creates nothing' -ForEach '9', 'rw', '1777' {
        $mode = $_
        Assert-Failure { New-SharedMemory $key 10 -Mode $mode } SharedMemoryModeInvalid
        Assert-Failure { Get-SharedMemory $key } SharedMemoryNotFound
    }

    It 'creates a private segment' {
        $segment = New-SharedMemory -Private -Size 1KB -Value 'private'
        try { "$($segment.Key) $($segment | Read-SharedMemory)" | Should -BeExactly '0 private' }
        finally { $segment | Remove-SharedMemory }
    }

    It 'says whether it created or opened, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        (New-SharedMemory @address -Size 10 -AllowExisting).Created | Should -BeTrue
        (New-SharedMemory @address -Size 10 -AllowExisting).Created | Should -BeFalse
        Assert-Failure { New-SharedMemory @address -Size 10 } SharedMemoryExists '10 bytes'
        Assert-Failure { New-SharedMemory @address -Size 11 -AllowExisting } SharedMemorySizeMismatch '10 bytes', '11'
    }

    It 'refuses sizes that cannot be and creates nothing, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        Assert-Failure { New-SharedMemory @address -Size 0 } SharedMemorySizeInvalid '0 bytes'
        Assert-Failure { New-SharedMemory @address -Size -1 } SharedMemorySizeInvalid '-1 bytes'
        Assert-Failure { New-SharedMemory @address -Size 1PB } SharedMemoryNoSpace '1125899906842624 bytes'
        Assert-Failure { Get-SharedMemory @address } SharedMemoryNotFound
    }

    It 'creates nothing when the value does not fit, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        Assert-Failure { New-SharedMemory @address -Size 5 -Value 'five.' } SharedMemoryValueTooLarge '6 bytes', '5 bytes'
        Assert-Failure { Get-SharedMemory @address } SharedMemoryNotFound
        Assert-Failure { New-SharedMemory @address -Size 50 -Value ([datetime]::Now) } SharedMemoryValueUnsupported 'System.DateTime'
        Assert-Failure { Get-SharedMemory @address } SharedMemoryNotFound
        New-SharedMemory @address -Size 5 -Value 'five.' -NoTerminator | Read-SharedMemory | Should -BeExactly 'five.'
    }

    It 'keeps the content of an existing segment when the value does not fit' {
        $null = New-SharedMemory $key 10 -Value 'kept'
        Assert-Failure { New-SharedMemory $key 10 -AllowExisting -Value ('x' * 10) } SharedMemoryValueTooLarge
        Read-SharedMemory $key | Should -BeExactly 'kept'
    }

    It 'refuses a list that contains itself' {
        $list = [object[]]::new(2)
        $list[0] = $list[1] = $list
        Assert-Failure { New-SharedMemory -Name $name -Size 16 -Value $list } SharedMemoryValueUnsupported 'contains itself'
    }

    It 'takes rows of a table by property name' {
        [pscustomobject] @{ Name = "$name-1"; Size = '1KB'; Mode = '0640' }, [pscustomobject] @{ Key = $key; Size = 2KB; Mode = '600' } |
            New-SharedMemory | ForEach-Object { "$($_.Size) $($_.Mode)" } | Should -BeExactly '1024 0640', '2048 0600'
    }

    It 'takes rows of a CSV file' {
        $created = "Name,Size,Mode`n$name-1,1KB,0600`n$name-2,2KB,0640" | ConvertFrom-Csv | New-SharedMemory
        $created.Size | Should -Be 1024, 2048
    }

    It 'takes the mode of a snapshot by property name' {
        $null = New-SharedMemory $key 10 -Mode 0640
        $object = [pscustomobject] @{ Name = $name; Size = 10; Mode = (Get-SharedMemory $key).Mode } | New-SharedMemory
        "$($object.Mode) $($object.Size)" | Should -BeExactly '0640 10'
    }

    It 'writes one error for a bad row and creates the others' {
        $created = '0600', 'bad', '0640' | ForEach-Object { [pscustomobject] @{ Name = "$name-$_"; Size = 10; Mode = $_ } } |
            New-SharedMemory -ErrorAction SilentlyContinue -ErrorVariable failed
        $created | ForEach-Object Mode | Should -BeExactly '0600', '0640'
        Get-ErrorId $failed | Should -BeExactly 'SharedMemoryModeInvalid'
    }

    It 'refuses the names of semaphores' { Assert-Failure { New-SharedMemory -Name sem.frames -Size 1 } SharedMemoryNameInvalid 'semaphore' }

    It 'refuses the name <_>' -ForEach 'a/b', '..', '../x', '/leading' {
        $given = $_
        Assert-Failure { New-SharedMemory -Name $given -Size 1 } SharedMemoryNameInvalid $given
    }

    It 'refuses a name over 255 bytes' { Assert-Failure { New-SharedMemory -Name ('x' * 256) -Size 1 } SharedMemoryNameInvalid '256 bytes' }

    It 'refuses an ftok path that does not exist' {
        Assert-Failure { New-SharedMemory -Key 'ftok:/no/such,1' -Size 1 } SharedMemoryKeyPathNotFound '/no/such'
    }

    It 'takes an ftok key' {
        $path = "ftok:$TestDrive/file,7"
        Set-Content "$TestDrive/file" ''
        $segment = New-SharedMemory -Key $path -Size 10 -Value 'by path'
        try { Read-SharedMemory -Key $path | Should -BeExactly 'by path' }
        finally { Remove-SharedMemory -Key $path }
        Assert-Failure { Get-SharedMemory -Id $segment.Id } SharedMemoryNotFound
    }

    It 'leaves what Select-Object asked for' {
        New-SharedMemory -Key $key -Size 10 | Select-Object -First 1 | Should -Not -BeNullOrEmpty
        Get-SharedMemory -Key $key | Should -Not -BeNullOrEmpty
    }

    It 'creates nothing with -WhatIf' {
        New-SharedMemory $key 1KB -WhatIf | Should -BeNullOrEmpty
        Assert-Failure { Get-SharedMemory $key } SharedMemoryNotFound
    }

    It 'refuses two addresses at once: <command>' -ForEach @(
        @{ Command = { New-SharedMemory -Key 1 -Name x -Size 1 } }
        @{ Command = { New-SharedMemory -Key 1 -Private -Size 1 } }
    ) { Assert-Failure $command AmbiguousParameterSet }

    It 'refuses wrong arguments: <command>' -ForEach @(
        @{ Command = { New-SharedMemory -Key $key } }
        @{ Command = { New-SharedMemory -Key $key -Size x } }
    ) { Assert-BindingFailure $command }
}
