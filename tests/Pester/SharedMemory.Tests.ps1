#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    $hasCompiler = [bool] (Get-Command cc -ErrorAction Ignore)
    $hasPerl = [bool] (Get-Command perl -ErrorAction Ignore)
    $hasPython = [bool] (Get-Command python3 -ErrorAction Ignore)
}

BeforeAll {
    $root = Resolve-Path "$PSScriptRoot/../.."
    Import-Module "$root/PSIpc.psd1" -Force

    # Addresses of this run's own.
    $script:next = Get-Random -Maximum 0x10000
    function New-Key { '0x5d{0:x6}' -f ((($PID -band 0xffff) -shl 8) + ($script:next++ -band 0xff)) }
    function New-Name { "PSIpc-pester-$PID-$(($script:next++))" }
    function Invoke-Peer([string] $File, [string[]] $Arguments) { & $File @Arguments; if ($LASTEXITCODE) { throw "$File ended with $LASTEXITCODE" } }

    # A second pwsh with the module.
    function Invoke-SecondProcess([string] $Command) {
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$root/PSIpc.psd1'; $Command"
    }
}

Describe 'New-SharedMemory' {
    BeforeEach { $key = New-Key; $name = New-Name }
    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore; Get-SharedMemory -Name "$name*" | Remove-SharedMemory }

    It 'creates a segment that another process sees' {
        $segment = New-SharedMemory -Key $key -Size 1KB -Mode 0666 -Value 'Linux Programming'
        $segment.Created | Should -BeTrue
        $segment.Size | Should -Be 1024
        Invoke-SecondProcess "Read-SharedMemory -Key $key" | Should -Be 'Linux Programming'
    }

    It 'is exclusive unless existing is allowed' {
        $null = New-SharedMemory -Name $name -Size 10
        { New-SharedMemory -Name $name -Size 10 -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryExists,*'
        (New-SharedMemory -Name $name -Size 10 -AllowExisting).Created | Should -BeFalse
    }

    It 'reads the mode as chmod does: <_>' -ForEach '0666', '666' {
        [int] (New-SharedMemory -Key $key -Size 1 -Mode $_).Mode | Should -Be 0x1b6
    }

    It 'reads a bare 0640 as octal' {
        [int] (New-SharedMemory -Key $key -Size 1 -Mode 0640).Mode | Should -Be 0x1a0
    }

    It 'takes rows of a table' {
        "Name,Size,Mode`n$name-1,1KB,0600`n$name-2,2KB,0640" | ConvertFrom-Csv | New-SharedMemory | ForEach-Object Size | Should -Be 1024, 2048
    }

    It 'refuses <size>' -ForEach @{ size = 0 }, @{ size = -1 } {
        { New-SharedMemory -Key $key -Size $size -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemorySizeInvalid,*'
    }

    It 'leaves what Select-Object asked for' {
        New-SharedMemory -Key $key -Size 10 | Select-Object -First 1 | Should -Not -BeNullOrEmpty
        Get-SharedMemory -Key $key | Should -Not -BeNullOrEmpty
    }

    It 'creates nothing with -WhatIf' {
        New-SharedMemory -Key $key -Size 1KB -WhatIf
        Get-SharedMemory -Key $key -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}

Describe 'Get-SharedMemory' {
    BeforeEach { $key = New-Key; $name = New-Name }
    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore; Get-SharedMemory -Name "$name*" | Remove-SharedMemory }

    It 'shows the creator in another process' {
        $creator = Invoke-SecondProcess "`$null = New-SharedMemory -Key $key -Size 1KB; `$PID"
        $segment = Get-SharedMemory -Key $key
        $segment.CreatorProcessId | Should -Be $creator
        $segment.CreatorAlive | Should -BeFalse
    }

    It 'lists segments and objects' {
        $null = New-SharedMemory -Key $key -Size 1KB
        $null = New-SharedMemory -Name $name -Size 1KB
        (Get-SharedMemory | Where-Object Key -EQ ([int] $key)).Kind | Should -Be SystemV
        (Get-SharedMemory -Name "$name*").Kind | Should -Be Posix
    }

    It 'has a table view' {
        $null = New-SharedMemory -Key $key -Size 1KB -Mode 0640
        $text = Get-SharedMemory -Key $key | Out-String -Width 80
        $text | Should -Match "$key +\d+ +1 KB rw-r-----"
    }

    It 'has a list view' {
        $null = New-SharedMemory -Key $key -Size 1KB
        $text = Get-SharedMemory -Key $key | Format-List | Out-String -Width 80
        $text | Should -Match "Key +: $key"
        $text | Should -Match 'Size +: 1 KB \(1,024 bytes\)'
        $text | Should -Match "CreatorProcessId +: $PID"
    }

    It 'survives a job' {
        $null = New-SharedMemory -Key $key -Size 1KB -Value 'here'
        $copy = Start-Job { Import-Module $using:root/PSIpc.psd1; Get-SharedMemory -Key $using:key } | Receive-Job -Wait -AutoRemoveJob
        $copy.PSObject.TypeNames[0] | Should -Be 'Deserialized.PSIpc.SharedMemoryInfo'
        ($copy | Out-String -Width 80) | Should -Match "$key +\d+ +1 KB rw-------"
        $copy | Read-SharedMemory | Should -Be 'here'
    }
}

Describe 'Read-SharedMemory' {
    BeforeEach { $key = New-Key; $name = New-Name }
    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore; Get-SharedMemory -Name "$name*" | Remove-SharedMemory }

    It 'reads what a C program wrote' -Skip:(-not $hasCompiler) {
        $c = Join-Path $TestDrive shm
        Invoke-Peer cc '-O2', '-o', $c, "$root/tests/Peers/shm.c"
        Invoke-Peer $c 'sysv-write', ([int] $key), 1024, 'Linux Programming'
        Read-SharedMemory -Key $key | Should -Be 'Linux Programming'
    }

    It 'reads what Perl wrote' -Skip:(-not $hasPerl) {
        Invoke-Peer perl "$root/tests/Peers/shm.pl", 'write', ([int] $key), 1024, 'from Perl'
        Read-SharedMemory -Key $key | Should -Be 'from Perl'
    }

    It 'reads what Python wrote' -Skip:(-not $hasPython) {
        Invoke-Peer python3 "$root/tests/Peers/shm.py", 'create', $name, 4096, 'from Python'
        Read-SharedMemory -Name $name | Should -Be 'from Python'
    }

    It 'gives exact bytes as one array' {
        $null = New-SharedMemory -Key $key -Size 4 -Value ([byte[]] (1, 0, 2, 3))
        $bytes = Read-SharedMemory -Key $key -As Bytes
        , $bytes | Should -BeOfType byte[]
        $bytes | Should -Be 1, 0, 2, 3
    }

    It 'fills a destination' {
        $null = New-SharedMemory -Key $key -Size 12 -Value 7, 8, 9 -As Int32
        $numbers = [int[]]::new(3)
        Read-SharedMemory -Key $key -Destination $numbers | Should -BeNullOrEmpty
        $numbers | Should -Be 7, 8, 9
    }

    It 'gives nine results and one error for ten addresses with one bad' {
        1..10 | Where-Object { $_ -ne 4 } | ForEach-Object { $null = New-SharedMemory -Name "$name-$_" -Size 10 -Value "$_" }
        $read = 1..10 | ForEach-Object { [pscustomobject] @{ Name = "$name-$_" } } | Read-SharedMemory -ErrorAction SilentlyContinue -ErrorVariable failed
        $read | Should -Be '1', '2', '3', '5', '6', '7', '8', '9', '10'
        $failed | Should -HaveCount 1
    }

    It 'is stopped by Select-Object' {
        $null = New-SharedMemory -Key $key -Size 1MB
        Read-SharedMemory -Key $key -As Byte -Count 1MB | Select-Object -First 3 | Should -Be 0, 0, 0
        (Get-SharedMemory -Key $key).AttachCount | Should -Be 0
    }
}

Describe 'Write-SharedMemory' {
    BeforeEach { $key = New-Key; $name = New-Name }
    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore; Get-SharedMemory -Name "$name*" | Remove-SharedMemory }

    It 'is seen by C' -Skip:(-not $hasCompiler) {
        $c = Join-Path $TestDrive shm
        Invoke-Peer cc '-O2', '-o', $c, "$root/tests/Peers/shm.c"
        $null = New-SharedMemory -Key $key -Size 1024 -Mode 0666 -AllowExisting
        Write-SharedMemory -Key $key -Value 'Linux Programming'
        Invoke-Peer $c 'sysv-read', ([int] $key), 1024 | Should -Be 'Linux Programming'
    }

    It 'is seen by Python' -Skip:(-not $hasPython) {
        New-SharedMemory -Name $name -Size 4096 | Write-SharedMemory -Value 'to Python'
        Invoke-Peer python3 "$root/tests/Peers/shm.py", 'read', $name | Should -Be 'to Python'
    }

    It 'changes nothing when the value does not fit' {
        $null = New-SharedMemory -Key $key -Size 8 -Value 'kept'
        { Write-SharedMemory -Key $key -Value '12345678' -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryValueTooLarge,*' -ExpectedMessage '*9 bytes*8 bytes*'
        Read-SharedMemory -Key $key | Should -Be 'kept'
    }

    It 'gathers the pipeline' {
        $null = New-SharedMemory -Key $key -Size 16
        'ab', 'cd' | Write-SharedMemory -Key $key
        Read-SharedMemory -Key $key -Offset 3 | Should -Be 'cd'
    }
}

Describe 'Remove-SharedMemory' {
    BeforeEach { $key = New-Key }
    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore }

    It 'removes for every process' {
        $null = New-SharedMemory -Key $key -Size 1KB
        Invoke-SecondProcess "Remove-SharedMemory -Key $key"
        { Get-SharedMemory -Key $key -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryNotFound,*'
    }

    It 'does nothing with -WhatIf' {
        $null = New-SharedMemory -Key $key -Size 1KB
        Remove-SharedMemory -Key $key -WhatIf
        Get-SharedMemory -Key $key | Should -Not -BeNullOrEmpty
    }
}

Describe 'Connect- and Disconnect-SharedMemory' {
    BeforeEach { $key = New-Key; $name = New-Name }
    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore; Get-SharedMemory -Name "$name*" | Remove-SharedMemory }

    It 'reads and writes through a view that another process sees' {
        $view = New-SharedMemory -Key $key -Size 1KB | Connect-SharedMemory
        try {
            Invoke-SecondProcess "Write-SharedMemory -Key $key -Value 'from there'"
            $view | Read-SharedMemory | Should -Be 'from there'
            $view | Write-SharedMemory -Value 'from here'
            Invoke-SecondProcess "Read-SharedMemory -Key $key" | Should -Be 'from here'
        }
        finally { $view | Disconnect-SharedMemory }
        (Get-SharedMemory -Key $key).AttachCount | Should -Be 0
        { $view | Read-SharedMemory -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryViewClosed,*'
    }

    It 'leaves the view to the caller after Select-Object' {
        $null = New-SharedMemory -Key $key -Size 1KB -Value 'here'
        $view = Connect-SharedMemory -Key $key, $key | Select-Object -First 1
        (Get-SharedMemory -Key $key).AttachCount | Should -Be 1
        $view | Read-SharedMemory | Should -Be 'here'
        $view | Disconnect-SharedMemory
    }

    It 'counts atomically' {
        $view = New-SharedMemory -Key $key -Size 1KB | Connect-SharedMemory
        1..10 | ForEach-Object { $null = $view.AtomicAddInt64(8, 5) }
        $view | Read-SharedMemory -As Int64 -Offset 8 | Should -Be 50
        { $view.AtomicAddInt64(4, 1) } | Should -Throw '*multiple of 8*'
        $view | Disconnect-SharedMemory
    }

    It 'has a table view, also when closed' {
        $view = New-SharedMemory -Key $key -Size 1KB | Connect-SharedMemory -ReadOnly
        $view | Out-String -Width 80 | Should -Match "SystemV +$key +\d+ +1 KB Read +False"
        $view | Disconnect-SharedMemory
        $view | Out-String -Width 80 | Should -Match "SystemV +$key +\d+ +Read +True"
    }
}

Describe 'Layouts' {
    BeforeEach {
        $key = New-Key; $name = New-Name
        $layout = 'int32_t id; double value; char name[8]; uint8_t tags[3];'
        $null = New-SharedMemory -Key $key -Size 1KB
        Write-SharedMemory -Key $key -Layout $layout -Value @{ id = 1; value = 1.5; name = 'Ada'; tags = 1, 2, 3 }, @{ id = 2; value = -0.25; name = 'Bob'; tags = , 4 }
        $records = Read-SharedMemory -Key $key -Layout $layout -Count 2
    }

    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore }

    It 'are what C says' -Skip:(-not $hasCompiler) {
        Set-Content "$TestDrive/struct.c" "#include <stdio.h>`n#include <stdint.h>`n#include <sys/shm.h>`nstruct r { $layout };`nint main(void) { struct r *r = shmat(shmget($key, 0, 0), 0, SHM_RDONLY); printf(`"%d %g %s %d %s\n`", r[0].id, r[0].value, r[0].name, r[0].tags[2], r[1].name); }"
        Invoke-Peer cc '-o', "$TestDrive/struct", "$TestDrive/struct.c"
        Invoke-Peer "$TestDrive/struct" | Should -Be '1 1.5 Ada 3 Bob'
    }

    It 'are a table' {
        $text = $records | Format-Table | Out-String -Width 80
        $text | Should -Match '(?m)^ *id +value name tags'
        $text | Should -Match '1 +1[.,]50? Ada +\{1, 2, 3\}'
    }

    It 'are a list' { $records[0] | Format-List | Out-String | Should -Match 'name +: Ada' }

    It 'are JSON' { $records[0] | ConvertTo-Json -Compress | Should -Be '{"id":1,"value":1.5,"name":"Ada","tags":[1,2,3]}' }

    It 'are selected, sorted, filtered and compared' {
        ($records | Select-Object id, name)[1].name | Should -Be 'Bob'
        ($records | Sort-Object value)[0].id | Should -Be 2
        ($records | Where-Object name -EQ 'ada').value | Should -Be 1.5
        ($records | Measure-Object value -Sum).Sum | Should -Be 1.25
        $records[0].id -eq 1 -and $records[0].tags -contains 3 | Should -BeTrue
    }

    It 'go through CSV and back' {
        $records | Select-Object id, value, name | Export-Csv "$TestDrive/records.csv"
        Import-Csv "$TestDrive/records.csv" | Write-SharedMemory -Key $key -Layout $layout -Offset 512
        (Read-SharedMemory -Key $key -Layout $layout -Offset 512 -Count 2).value | Should -Be 1.5, -0.25
    }

    It 'go through a job and back' {
        $copy = Start-Job { Import-Module $using:root/PSIpc.psd1; Read-SharedMemory -Key $using:key -Layout $using:layout -Count 2 } | Receive-Job -Wait -AutoRemoveJob
        $copy | Write-SharedMemory -Key $key -Layout $layout -Offset 512
        (Read-SharedMemory -Key $key -Layout $layout -Offset 512 -Count 2).name | Should -Be 'Ada', 'Bob'
    }

    It 'are streamed' {
        $null = New-SharedMemory -Name $name -Size 4MB
        try { (Read-SharedMemory -Name $name -Layout 'int32_t n;' -Count 1MB | Select-Object -First 2).n | Should -Be 0, 0 }
        finally { Remove-SharedMemory -Name $name }
    }

    It 'say where a declaration goes wrong' {
        { Read-SharedMemory -Key $key -Layout "int id;`nfoo x;" } | Should -Throw -ErrorId 'LayoutInvalid,*' -ExpectedMessage 'Line 2, column 1*'
    }
}

Describe 'Clean-up' {
    BeforeEach { $key = New-Key }
    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore }

    It 'finds a segment whose creator is gone, and removes nothing with -WhatIf' {
        Invoke-SecondProcess "`$null = New-SharedMemory -Key $key -Size 1KB"
        (Get-SharedMemory -Orphan -Mine -WarningAction Ignore).Key | Should -Contain ([int] $key)
        Get-SharedMemory -Key $key -Orphan -MinimumAge 0:10 | Should -BeNullOrEmpty
        Get-SharedMemory -Orphan -Mine -WarningAction Ignore | Remove-SharedMemory -WhatIf
        Get-SharedMemory -Key $key | Should -Not -BeNullOrEmpty
    }

    It 'names the processes that have a segment attached' {
        $view = New-SharedMemory -Key $key -Size 1KB | Connect-SharedMemory
        $segment = Get-SharedMemory -Key $key -IncludeProcess -WarningAction Ignore
        $segment.ProcessId | Should -Be $PID
        $segment | Format-List | Out-String | Should -Match "ProcessId +: \{$PID\}"
        $view | Disconnect-SharedMemory
    }
}

Describe 'Get-SharedMemoryLimit' {
    It 'agrees with the kernel' {
        $limit = Get-SharedMemoryLimit
        $limit.MaxSegments | Should -Be ([int] (Get-Content /proc/sys/kernel/shmmni))
        $limit.PosixPath | Should -Be '/dev/shm'
        $limit | Out-String -Width 80 | Should -Match 'MaxSegments +: '
    }
}

Describe 'The examples' {
    It 'first-steps prints the line of the seed' {
        & ([Environment]::ProcessPath) -NoProfile -File "$root/examples/first-steps.ps1" | Should -Contain 'data read from shared memory : Linux Programming'
        $LASTEXITCODE | Should -Be 0
    }
}
