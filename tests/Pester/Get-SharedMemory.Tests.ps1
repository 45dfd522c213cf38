#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Get-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'lists segments and objects without arguments' {
        $null = New-SharedMemory $key 10
        $null = New-SharedMemory -Name $name -Size 10
        (Get-SharedMemory | Where-Object { $_.Name -eq $name -or $_.Key -eq [int] $key }).Kind | Should -BeExactly 'SystemV', 'Posix'
        (Get-SharedMemory | Where-Object Key -EQ ([int] $key)).Kind | Should -Be SystemV
        (Get-SharedMemory -Name "$name*").Kind | Should -Be Posix
    }

    It 'takes wildcards in names, and no match is not an error' {
        1..3 | ForEach-Object { $null = New-SharedMemory -Name "$name-$_" -Size 10 }
        (Get-SharedMemory -Name "$name-*").Name | Should -BeExactly "$name-1", "$name-2", "$name-3"
        (Get-SharedMemory -Name "$name-[13]").Name | Should -BeExactly "$name-1", "$name-3"
        Get-SharedMemory -Name "$name-none*" | Should -BeNullOrEmpty
        Assert-Failure { Get-SharedMemory -Name "$name-none" } SharedMemoryNotFound
    }

    It 'takes a backtick before a bracket, and continues after a bad pattern' {
        $null = '[1', '[1]' | ForEach-Object { New-SharedMemory -Name "$name$_" -Size 10 }
        (Get-SharedMemory -Name "$name``[1", "$name``[1``]").Name | Should -BeExactly "$name[1", "$name[1]"
        (Get-SharedMemory -Name "$name``[*").Name | Should -BeExactly "$name[1", "$name[1]"
        Assert-Failure { Get-SharedMemory -Name '[' } SharedMemoryNameInvalid 'backtick'
        (Get-SharedMemory -Name '[', "$name``[1" -ErrorAction Ignore).Name | Should -BeExactly "$name[1"
    }

    It 'returns a plain snapshot that survives serialization' {
        $segment = New-SharedMemory $key 10
        $copy = ConvertTo-Deserialized $segment
        $copy.PSObject.TypeNames[0] | Should -BeExactly 'Deserialized.PSIpc.SharedMemory.SharedMemoryInfo'
        foreach ($property in $segment.PSObject.Properties) {
            "$($copy.($property.Name))" | Should -BeExactly "$($property.Value)" -Because $property.Name
        }
    }

    It 'fails for an ID that no segment has' { Assert-Failure { Get-SharedMemory -Id -5 } SharedMemoryNotFound }

    It 'names the processes that have a segment attached' {
        $view = New-SharedMemory -Key $key -Size 1KB | Connect-SharedMemory
        $segment = Get-SharedMemory -Key $key -IncludeProcess -WarningAction Ignore
        $segment.ProcessIds | Should -Be $PID
        $segment | Format-List | Out-String | Should -Match "ProcessIds +: \{$PID\}"
    }

    Context 'of a process that has ended' {
        BeforeAll {
            # One segment for all the tests of this context, which do not change it.
            $theirs = New-Key
            $second = Start-SecondProcess
            $copy = Invoke-SecondProcess $second { New-SharedMemory -Key $args[0] -Size 1KB -Value 'here' } $theirs
            $creator = $second.Id
            Stop-SecondProcess $second
            $second = $null
        }
        AfterAll {
            Stop-SecondProcess $second
            Remove-SharedMemory -Key $theirs -ErrorAction Ignore
        }

        It 'shows the creator' {
            $segment = Get-SharedMemory -Key $theirs
            $segment.CreatorProcessId | Should -Be $creator
            $segment.CreatorAlive | Should -BeFalse
        }

        It 'takes and displays the copy that the other process returned' {
            $copy.PSObject.TypeNames[0] | Should -BeExactly 'Deserialized.PSIpc.SharedMemory.SharedMemoryInfo'
            ($copy | Out-String -Width 80) | Should -Match "$theirs +\d+ +1 KB 0600 "
            $copy | Read-SharedMemory | Should -BeExactly 'here'
        }

        It 'finds it with -Orphan, and removes nothing with -WhatIf' {
            (Get-SharedMemory -Orphan -Mine -WarningAction Ignore).Key | Should -Contain ([int] $theirs)
            Get-SharedMemory -Key $theirs -Orphan -MinimumAge 0:10 | Should -BeNullOrEmpty
            Get-SharedMemory -Orphan -Mine -WarningAction Ignore | Remove-SharedMemory -WhatIf
            Get-SharedMemory -Key $theirs | Should -Not -BeNullOrEmpty
        }
    }

    Context 'display' {
        BeforeAll {
            $culture = [cultureinfo]::CurrentCulture
            [cultureinfo]::CurrentCulture = 'en-US'
        }
        AfterAll { [cultureinfo]::CurrentCulture = $culture }

        It 'has a table of at most 80 columns with key, mode, and size' {
            $null = New-SharedMemory -Key $key -Size 1KB -Mode 0640
            $null = New-SharedMemory -Name $name -Size 1536KB
            $lines = & { Get-SharedMemory -Key $key; Get-SharedMemory -Name $name } | Out-String -Width 80 -Stream | Where-Object { $_ }
            $lines[0] | Should -BeExactly 'HexKey             Id     Size Mode Owner    AttachCount Status Name'
            $lines[2] | Should -MatchExactly "^$key +\d+ +1 KB 0640 \S+ +0 *$"
            $lines[3] | Should -MatchExactly "^ {10} {12}  1\.5 MB 0600 \S+ +$($name.Substring(0, 10))"
            $lines | Measure-Object Length -Maximum | ForEach-Object Maximum | Should -BeLessOrEqual 80
        }

        It 'has a list' {
            $null = New-SharedMemory -Key $key -Size 1KB
            $text = Get-SharedMemory -Key $key | Format-List | Out-String -Width 80
            $text | Should -Match "HexKey +: $key"
            $text | Should -Match 'Size +: 1 KB \(1,024 bytes\)'
            $text | Should -Match "CreatorProcessId +: $PID"
        }

        It 'shows no private segment that is gone' {
            $segment = New-SharedMemory -Private -Size 1
            $segment | Remove-SharedMemory | Should -BeNullOrEmpty
            Assert-Failure { Get-SharedMemory -Id $segment.Id } SharedMemoryNotFound
        }

        It 'writes the size <size> as "<text>"' -ForEach @(
            @{ Size = 0; Text = '0 B' }
            @{ Size = 1023; Text = '1023 B' }
            @{ Size = 1024; Text = '1 KB' }
            @{ Size = 1536; Text = '1.5 KB' }
            @{ Size = 10240; Text = '10 KB' }
            @{ Size = 1MB - 1; Text = '1024 KB' }
            @{ Size = 256MB; Text = '256 MB' }
            @{ Size = 1PB; Text = '1 PB' }
            @{ Size = $null; Text = '' }
            @{ Size = 'text'; Text = '' }
        ) { [PSIpc.Commands.Display]::Size($size) | Should -BeExactly $text }

        It 'does not fail on a half-filled object' {
            [PSIpc.Commands.Display]::Process($null, $null) | Should -BeExactly ''
            [PSIpc.Commands.Display]::Limit($null) | Should -BeExactly ''
        }
    }

    Context 'addresses' {
        It 'takes a key as text, as a number, and as a negative number' {
            $null = New-SharedMemory -Key $key -Size 10 -Value 'here'
            Read-SharedMemory $key | Should -BeExactly 'here'
            Read-SharedMemory -Key ([int] $key) | Should -BeExactly 'here'
            Read-SharedMemory -Key ([long] $key) | Should -BeExactly 'here'
            Read-SharedMemory (Get-SharedMemory $key).Key | Should -BeExactly 'here'
        }

        It 'takes a negative number as the key of the same bits' {
            $high = [long] $key + 0x80000000L
            $number = [int] ($high - 0x100000000L)
            $segment = New-SharedMemory -Key $number -Size 10 -Value 'high'
            try {
                $segment.Key | Should -Be $number
                Read-SharedMemory ('0x{0:x8}' -f $high) | Should -BeExactly 'high'
            }
            finally { $segment | Remove-SharedMemory }
        }

        It 'takes an unquoted hexadecimal number as a key' { Assert-Failure { Get-SharedMemory 0x7e570001 } SharedMemoryNotFound }

        It 'takes a bare number as a key in every place of a key' {
            $number = [int] $key
            $command = @'
                $segment = New-SharedMemory NUMBER 32
                Write-SharedMemory NUMBER 'by place'; Read-SharedMemory NUMBER
                'by pipeline' | Write-SharedMemory NUMBER; Read-SharedMemory NUMBER
                Write-SharedMemory -Id $segment.Id 'by id'; Read-SharedMemory NUMBER
'@
            & ([scriptblock]::Create($command.Replace('NUMBER', "$number"))) | Should -BeExactly 'by place', 'by pipeline', 'by id'
        }

        It 'takes from the pipeline: <address>' -ForEach @(
            @{ Address = { $segment } }
            @{ Address = { $segment.Key } }
            @{ Address = { "$($segment.Key)" } }
            @{ Address = { [pscustomobject] @{ Key = $key } } }
            @{ Address = { [pscustomobject] @{ Id = $segment.Id; Kind = 'SystemV' } } }
            @{ Address = { [pscustomobject] @{ Id = "$($segment.Id)"; Key = 'ignored' } } }
            @{ Address = { ConvertTo-Deserialized $segment } }
        ) {
            $segment = New-SharedMemory -Key $key -Size 10 -Value 'here'
            & $address | Read-SharedMemory | Should -BeExactly 'here'
            & $address | Get-SharedMemory | ForEach-Object { '0x{0:x8}' -f $_.Key } | Should -BeExactly $key
            & $address | Write-SharedMemory -Value 'there'
            Read-SharedMemory $key | Should -BeExactly 'there'
            & $address | Remove-SharedMemory
            Assert-Failure { Get-SharedMemory $key } SharedMemoryNotFound
        }

        It 'takes named objects from the pipeline: <address>' -ForEach @(
            @{ Address = { $object } }
            @{ Address = { [pscustomobject] @{ Name = $name } } }
            @{ Address = { ConvertTo-Deserialized $object } }
        ) {
            $object = New-SharedMemory -Name $name -Size 10 -Value 'here'
            & $address | Read-SharedMemory | Should -BeExactly 'here'
            & $address | Remove-SharedMemory
            Assert-Failure { Get-SharedMemory -Name $name } SharedMemoryNotFound
        }

        It 'fails for an object without an address: <command>' -ForEach @(
            @{ Command = { [pscustomobject] @{ Size = 1 } | Get-SharedMemory }; Id = 'SharedMemoryAddressInvalid' }
            @{ Command = { [datetime]::Now | Get-SharedMemory }; Id = 'SharedMemoryAddressInvalid' }
            @{ Command = { Get-Process -Id $PID | Remove-SharedMemory -WhatIf }; Id = 'SharedMemoryAddressInvalid' }
            @{
                Command = { ConvertTo-Deserialized (Get-Process -Id $PID) | Remove-SharedMemory -WhatIf }
                Id = 'SharedMemoryAddressInvalid'
            }
            @{ Command = { [pscustomobject] @{ Id = 1 } | Get-SharedMemory }; Id = 'SharedMemoryAddressInvalid' }
            @{ Command = { [pscustomobject] @{ Id = 'x'; Kind = 'SystemV' } | Get-SharedMemory }; Id = 'SharedMemoryAddressInvalid' }
            @{ Command = { [pscustomobject] @{ Id = -1; Kind = 'SystemV' } | Get-SharedMemory }; Id = 'SharedMemoryAddressInvalid' }
            @{ Command = { [pscustomobject] @{ Key = 'x' } | Get-SharedMemory }; Id = 'SharedMemoryKeyInvalid' }
            @{ Command = { 'x' | Get-SharedMemory }; Id = 'SharedMemoryKeyInvalid' }
        ) { Assert-Failure $command $id }

        It 'refuses two addresses at once: <command>' -ForEach @(
            @{ Command = { Get-SharedMemory -Key 1 -Id 2 } }
            @{ Command = { Get-SharedMemory -Key 1 -Name x } }
        ) { Assert-Failure $command AmbiguousParameterSet }

        It 'refuses wrong arguments: <command>' -ForEach @(
            @{ Command = { Get-SharedMemory -Key $null } }
            @{ Command = { Get-SharedMemory -Id x } }
        ) { Assert-BindingFailure $command }
    }

    Context 'errors' {
        It 'honors -ErrorAction Stop and -ErrorVariable' {
            try { Get-SharedMemory -Name $name -ErrorAction Stop; $caught = 'not here' } catch { $caught = $_.FullyQualifiedErrorId }
            $caught | Should -BeExactly 'SharedMemoryNotFound,PSIpc.Commands.GetSharedMemoryCommand'
            Get-SharedMemory -Name $name -ErrorAction SilentlyContinue -ErrorVariable found
            $found | Should -HaveCount 1
        }

        It 'has a category, a target, and a recommended action' {
            $failure = Assert-Failure { Get-SharedMemory -Name $name } SharedMemoryNotFound
            $failure.CategoryInfo.Category | Should -Be ObjectNotFound
            $failure.TargetObject | Should -BeExactly $name
            $failure.ErrorDetails.RecommendedAction | Should -MatchExactly 'Get-SharedMemory'
        }
    }
}
