#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Read-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'reads what a C program wrote' {
        Invoke-Peer (Get-CProgram shm) 'sysv-write', ([int] $key), 1024, 'Linux Programming'
        Read-SharedMemory -Key $key | Should -BeExactly 'Linux Programming'
    }

    It 'reads what Perl wrote' {
        Invoke-Peer (Get-Program perl perl) "$root/tests/Peers/shm.pl", 'write', ([int] $key), 1024, 'from Perl'
        Read-SharedMemory -Key $key | Should -BeExactly 'from Perl'
    }

    It 'reads what Python wrote' {
        Invoke-Peer (Get-Program python3 python3) "$root/tests/Peers/shm.py", 'create', $name, 4096, 'from Python'
        Read-SharedMemory -Name $name | Should -BeExactly 'from Python'
    }

    It 'returns text up to the first NUL, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $null = New-SharedMemory @address -Size 32 -Value 'a longer text'
        Write-SharedMemory @address -Value 'text'
        Read-SharedMemory @address | Should -BeExactly 'text'
        Read-SharedMemory @address -Offset 5 -Count 5 | Should -BeExactly 'ger t'
        Read-SharedMemory @address -Offset 1 | Should -BeExactly 'ext'
    }

    It 'returns bytes as one array and enumerates numbers' {
        $null = New-SharedMemory $key 12 -Value ([int[]] (1, 2, 3))
        (Read-SharedMemory $key -As Bytes).GetType().FullName | Should -BeExactly 'System.Byte[]'
        Read-SharedMemory $key -As Int32 -Count 3 | Should -Be 1, 2, 3
        Read-SharedMemory $key -As Int32 -Offset 8 | Should -Be 3
        (Read-SharedMemory $key -As Int32).GetType().FullName | Should -BeExactly 'System.Int32'
    }

    It 'returns exact bytes' {
        $null = New-SharedMemory -Key $key -Size 4 -Value ([byte[]] (1, 0, 2, 3))
        $bytes = Read-SharedMemory -Key $key -As Bytes
        , $bytes | Should -BeOfType byte[]
        $bytes | Should -Be 1, 0, 2, 3
    }

    It 'fills a destination and writes no output' {
        $null = New-SharedMemory $key 16 -Value ([int[]] (1, 2, 3))
        $numbers = [int[]]::new(4)
        Read-SharedMemory $key -Destination $numbers | Should -BeNullOrEmpty
        $numbers | Should -Be 1, 2, 3, 0
        Assert-Failure { Read-SharedMemory $key -Destination ([int[]]::new(5)) } SharedMemoryOutOfRange '20 bytes'
        Assert-Failure { Read-SharedMemory $key -Destination ([object[]] 'x') } SharedMemoryValueUnsupported
        Assert-Failure { Read-SharedMemory $key -Destination ([int[]]::new(1)) -As Bytes } ParameterConflict
    }

    It 'fails past the end, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $null = New-SharedMemory @address -Size 8
        Assert-Failure { Read-SharedMemory @address -Offset 9 } SharedMemoryOutOfRange '8 bytes'
        Assert-Failure { Read-SharedMemory @address -Count 9 } SharedMemoryOutOfRange '8 bytes'
        Assert-Failure { Read-SharedMemory @address -Count -1 } SharedMemoryOutOfRange '-1'
        Assert-Failure { Read-SharedMemory @address -As Int64 -Offset 1 } SharedMemoryOutOfRange '8 bytes'
        Assert-Failure { Read-SharedMemory @address -As Int64 -Count 2 } SharedMemoryOutOfRange '16 bytes'
        Assert-Failure { Read-SharedMemory @address -As Bytes -Offset ([long]::MaxValue) } SharedMemoryOutOfRange
        (Read-SharedMemory @address -As Bytes -Offset 8).Length | Should -Be 0
    }

    It 'writes one error for a bad address among ten and reads the others: <command>' -ForEach @(
        @{ Command = { 1..10 | ForEach-Object { [pscustomobject] @{ Name = "$name-$_" } } | Read-SharedMemory @quiet } }
        @{ Command = { Read-SharedMemory -Name (1..10 | ForEach-Object { "$name-$_" }) @quiet } }
    ) {
        1..10 | Where-Object { $_ -ne 4 } | ForEach-Object { $null = New-SharedMemory -Name "$name-$_" -Size 10 -Value "$_" }
        $quiet = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'global:failed' }
        try {
            & $command | Should -BeExactly '1', '2', '3', '5', '6', '7', '8', '9', '10'
            $global:failed | Should -HaveCount 1
            $global:failed[0].FullyQualifiedErrorId | Should -MatchExactly '^SharedMemoryNotFound,'
            $global:failed[0].Exception.Message | Should -MatchExactly "$name-4"
        }
        finally { Remove-Variable failed -Scope Global }
    }

    It 'tries the keys of one argument one by one' {
        $null = New-SharedMemory -Key $key -Size 10 -Value 'good'
        Read-SharedMemory -Key 'bad', $key, 0x7e570001, 0 -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeExactly 'good'
        Get-ErrorId $failed | Should -BeExactly 'SharedMemoryKeyInvalid', 'SharedMemoryNotFound', 'SharedMemoryKeyInvalid'
    }

    It 'fails for an ID that no segment has' { Assert-Failure { Read-SharedMemory -Id 2147483647 } SharedMemoryNotFound }

    It 'is stopped by Select-Object and detaches' {
        $null = New-SharedMemory -Key $key -Size 1MB
        Read-SharedMemory -Key $key -As Byte -Count 1MB | Select-Object -First 3 | Should -Be 0, 0, 0
        (Get-SharedMemory -Key $key).AttachCount | Should -Be 0
    }

    It 'refuses two addresses at once' { Assert-Failure { Read-SharedMemory -Id 1 -Name x } AmbiguousParameterSet }

    It 'refuses wrong arguments: <command>' -ForEach @(
        @{ Command = { Read-SharedMemory -Key $key -As Nonsense } }
        @{ Command = { Read-SharedMemory -Key $key -Encoding nonsense } }
    ) { Assert-BindingFailure $command }
}

Describe 'Read-SharedMemory -Layout' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'outputs objects that have a property for each field, in every cmdlet and runspace' {
        $layout = 'struct part { int32_t id; struct { int16_t x, y; } at[2]; char name[4]; };'
        $null = New-SharedMemory $key 64
        $points = @{ x = 1; y = 2 }, @{ x = 3; y = 4 }
        Write-SharedMemory $key -Layout $layout -Value @{ id = 7; at = $points; name = 'a' }, @{ id = 8; name = 'b' }
        $records = Read-SharedMemory $key -Layout $layout -Count 2
        ($records | Get-Member -MemberType Property).Name | Should -Be 'at', 'id', 'name'
        ($records | Format-Table | Out-String) -replace '\s+', ' ' | Should -BeLike '*id at name*7 {@{x=1; y=2}, @{x=3; y=4}} a*8*b*'
        $records[0] | Select-Object id, name | ConvertTo-Csv | Select-Object -Last 1 | Should -BeExactly '"7","a"'
        $records[0] | ConvertTo-Json -Compress | Should -BeExactly '{"id":7,"at":[{"x":1,"y":2},{"x":3,"y":4}],"name":"a"}'
        ConvertTo-Json $records[0].at[1] -Compress | Should -BeExactly '{"x":3,"y":4}'
        $records[0].at[0] = @{ x = 5; y = 6 }
        "$($records[0].at[0].y) $($records.Where{ $_.name -eq 'b' }.id) $($records | Measure-Object id -Sum | ForEach-Object Sum)" |
            Should -BeExactly '6 8 15'
        $bare = [powershell]::Create([initialsessionstate]::CreateDefault2())
        try { $bare.AddScript('$args[0].at[1].x').AddArgument($records[0]).Invoke() | Should -Be 3 }
        finally { $bare.Dispose() }
    }

    Context 'with two records' {
        BeforeEach {
            $layout = 'int32_t id; double value; char name[8]; uint8_t tags[3];'
            $null = New-SharedMemory -Key $key -Size 1KB
            Write-SharedMemory -Key $key -Layout $layout -Value @(
                @{ id = 1; value = 1.5; name = 'Ada'; tags = 1, 2, 3 }
                @{ id = 2; value = -0.25; name = 'Bob'; tags = , 4 }
            )
            $records = Read-SharedMemory -Key $key -Layout $layout -Count 2
        }

        It 'reads records that are a table' {
            $text = $records | Format-Table | Out-String -Width 80
            $text | Should -Match '(?m)^ *id +value name tags'
            $text | Should -Match '1 +1[.,]50? Ada +\{1, 2, 3\}'
        }

        It 'reads records that are a list' { $records[0] | Format-List | Out-String | Should -Match 'name +: Ada' }

        It 'reads records that are JSON' {
            $records[0] | ConvertTo-Json -Compress | Should -BeExactly '{"id":1,"value":1.5,"name":"Ada","tags":[1,2,3]}'
        }

        It 'reads records that are selected, sorted, filtered, and compared' {
            ($records | Select-Object id, name)[1].name | Should -BeExactly 'Bob'
            ($records | Sort-Object value)[0].id | Should -Be 2
            ($records | Where-Object name -EQ 'ada').value | Should -Be 1.5
            ($records | Measure-Object value -Sum).Sum | Should -Be 1.25
            $records[0].id -eq 1 -and $records[0].tags -contains 3 | Should -BeTrue
        }
    }

    It 'streams records' {
        $null = New-SharedMemory -Name $name -Size 4MB
        (Read-SharedMemory -Name $name -Layout 'int32_t n;' -Count 1MB | Select-Object -First 2).n | Should -Be 0, 0
    }

    It 'returns records that survive serialization' {
        $layout = 'int32_t id; double value; char name[8];'
        $null = New-SharedMemory $key 24
        Write-SharedMemory $key -Layout $layout -Value @{ id = 7; value = 1.5; name = 'Ada' }
        $copy = ConvertTo-Deserialized (Read-SharedMemory $key -Layout $layout)
        "$($copy.id) $($copy.value) $($copy.name) $($copy.id.GetType())" | Should -BeExactly '7 1.5 Ada int'
    }

    It 'says where and why a layout is invalid: <layout>' -ForEach @(
        @{ Layout = 'int32_t id; nonsense x;'; Id = 'LayoutInvalid'; Words = 'Line 1, column 13' }
        @{ Layout = "int32_t id;`n  double"; Id = 'LayoutInvalid'; Words = 'Line 2' }
        @{ Layout = "int id;`nfoo x;"; Id = 'LayoutInvalid'; Words = 'Line 2, column 1' }
        @{ Layout = 'NoSuch.Type'; Id = 'LayoutInvalid'; Words = 'Line 1, column 1' }
        @{ Layout = 'int flag : 3;'; Id = 'LayoutUnsupported'; Words = 'Line 1' }
        @{ Layout = 'char *p;'; Id = 'LayoutUnsupported'; Words = 'Line 1' }
        @{ Layout = 'int a; int A;'; Id = 'LayoutUnsupported'; Words = 'differ only in case' }
        @{ Layout = [string]; Id = 'LayoutTypeUnsupported'; Words = 'System.String' }
        @{ Layout = 'datetime'; Id = 'LayoutTypeUnsupported'; Words = 'System.DateTime' }
        @{ Layout = 12; Id = 'LayoutTypeUnsupported'; Words = 'System.Int32' }
    ) {
        $null = New-SharedMemory $key 72
        Assert-Failure { Read-SharedMemory $key -Layout $layout } $id $words
    }

    It 'says how much fits when the records do not' {
        $layout = 'int32_t id; double value; char name[8];'
        $null = New-SharedMemory $key 72
        Assert-Failure { Read-SharedMemory $key -Layout $layout -Count 4 } SharedMemoryOutOfRange `
            '4 records of 24 bytes', '3 fit in its 72 bytes'
        Assert-Failure { Read-SharedMemory $key -Layout $layout -Count 3 -Offset 1 } SharedMemoryOutOfRange `
            '2 fit in its 71 bytes from offset 1'
        Assert-Failure { Read-SharedMemory $key -Layout $layout -Count -1 } SharedMemoryOutOfRange '-1'
        Assert-Failure { Read-SharedMemory $key -Layout $layout -Count ([long]::MaxValue) } SharedMemoryOutOfRange
        Assert-Failure { Read-SharedMemory $key -Layout 'char big[73];' } LayoutLargerThanMemory '73 bytes', '72 bytes'
        Assert-Failure { Read-SharedMemory $key -Layout $layout -Offset 73 } SharedMemoryOutOfRange '73'
        Read-SharedMemory $key -Layout $layout -Count 0 | Should -BeNullOrEmpty
        Read-SharedMemory $key -Layout $layout -Count 3 | Should -HaveCount 3
    }

    It 'refuses parameters that contradict a layout: <command>' -ForEach @(
        @{ Command = { Read-SharedMemory $key -Layout 'int a;' -As Int32 } }
        @{ Command = { Read-SharedMemory $key -Layout 'int a;' -Destination ([int[]]::new(1)) } }
    ) { Assert-Failure $command ParameterConflict }

    It 'writes one error for a bad address and reads the good one' {
        $null = New-SharedMemory $key 8 -Value ([int[]] 5)
        (Read-SharedMemory 0x7e570001, $key -Layout 'int a;' -ErrorAction SilentlyContinue -ErrorVariable failed).a | Should -Be 5
        Get-ErrorId $failed | Should -BeExactly 'SharedMemoryNotFound'
    }
}
