#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

# What an object stands for, in every cmdlet that takes one: this object, of this computer, and nothing that only looks like it.

BeforeDiscovery {
    $takesObject = 'Get', 'Read', 'Connect', 'Lock', 'Remove' | ForEach-Object { "$_-SharedMemory" }
    $copies = @(
        @{ kind = 'a snapshot'; copy = { $_ } }
        @{ kind = 'a copy of a snapshot'; copy = { ConvertFrom-CliXml (ConvertTo-CliXml $_) } }
        @{ kind = 'selected properties'; copy = { $_ | Select-Object Name, Device, Inode } }
        @{ kind = 'a row of a CSV file'; copy = { $_ | ConvertTo-Csv | ConvertFrom-Csv } }
        @{ kind = 'a view'; copy = { $view } }
    )
    $foreign = @(
        @{ what = 'a process'; make = { Get-Process -Id $PID } }
        @{ what = 'the Id of a process'; make = { Get-Process -Id $PID | Select-Object Id } }
        @{ what = 'the name of a file'; make = { Get-Item $PSCommandPath | Select-Object Name } }
        @{ what = 'a file'; make = { Get-Item $PSCommandPath } }
        @{ what = 'a copy of a process'; make = { ConvertFrom-CliXml (ConvertTo-CliXml (Get-Process -Id $PID)) } }
        @{ what = 'a row with an Id of anything'; make = { "Id`n1" | ConvertFrom-Csv } }
        @{ what = 'a row with an Id and a Name'; make = { "Id,Name`n1,x" | ConvertFrom-Csv } }
    )
}

BeforeAll {
    . "$PSScriptRoot/TestSupport.ps1"
    function ConvertTo-CliXml($Value) { [Management.Automation.PSSerializer]::Serialize($Value) }
    function ConvertFrom-CliXml($Text) { [Management.Automation.PSSerializer]::Deserialize($Text) }
}

Describe 'A POSIX object that was replaced' -Skip:(-not $IsLinux) {
    BeforeEach {
        $name = New-Name
        $old = New-SharedMemory -Name $name -Size 8 -Value 'old'
        $view = $old | Connect-SharedMemory
        Remove-Item "/dev/shm/$name"
        $null = New-SharedMemory -Name $name -Size 8 -Value 'new'
    }
    AfterEach {
        $view | Disconnect-SharedMemory
        Remove-SharedMemory -Name $name -ErrorAction Ignore
    }

    Context '<kind>' -ForEach $copies {
        BeforeEach { $given = $old | ForEach-Object $copy }

        It 'is refused by every cmdlet' {
            $names = if ($kind -eq 'a view') { 'Get', 'Connect', 'Lock', 'Remove' } else { 'Get', 'Read', 'Connect', 'Lock', 'Remove' }
            foreach ($verb in $names) {
                { $given | & "$verb-SharedMemory" -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryReplaced,*' -Because $verb
            }
            if ($kind -ne 'a view') {
                { $given | Write-SharedMemory -Value 'x' -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryReplaced,*'
            }
            $given | Wait-SharedMemory -Removed -TimeoutSec 60
            Read-SharedMemory -Name $name | Should -Be 'new'
        }
    }

    It 'is still read through its own view' {
        $view | Read-SharedMemory | Should -Be 'old'
    }
}

Describe 'An object that is not shared memory' {
    It 'is refused: <what>' -ForEach $foreign {
        $given = & $make
        { $given | Remove-SharedMemory -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryAddressInvalid,*'
        { $given | Get-SharedMemory -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryAddressInvalid,*'
    }

    It 'is refused: an echo server and its Id' {
        $server = Start-EchoServer
        try {
            { $server | Remove-SharedMemory -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryAddressInvalid,*'
            { $server | Select-Object Id | Remove-SharedMemory -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryAddressInvalid,*'
        }
        finally { $server | Stop-EchoServer }
    }

    It 'is not created from a file' {
        { Get-Item $PSCommandPath | New-SharedMemory -Size 8 -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryAddressInvalid,*'
        { Get-Item $PSCommandPath | Select-Object Name | New-SharedMemory -Size 8 -ErrorAction Stop } |
            Should -Throw -ErrorId 'SharedMemoryAddressInvalid,*'
        Get-SharedMemory -Name (Split-Path -Leaf $PSCommandPath) -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}

Describe 'An object of this module' -Skip:$IsWindows {
    BeforeEach { $segment = New-SharedMemory -Private -Size 8 }
    AfterEach { $segment | Remove-SharedMemory -ErrorAction Ignore }

    It 'is taken as <_>' -ForEach @(
        { $segment }
        { $segment | Select-Object Id }
        { ConvertFrom-CliXml (ConvertTo-CliXml $segment) }
        { $segment | ConvertTo-Csv | ConvertFrom-Csv }
        { $segment | ConvertTo-Csv -IncludeTypeInformation | ConvertFrom-Csv }
        { [pscustomobject] @{ Kind = 'SystemV'; Id = $segment.Id } }
    ) {
        (& $_ | Get-SharedMemory).Id | Should -Be $segment.Id
    }

    It 'is refused when the ID belongs to another segment' {
        $other = [pscustomobject] @{ Kind = 'SystemV'; Id = $segment.Id; CreatorProcessId = $segment.CreatorProcessId; Size = 9 }
        { $other | Remove-SharedMemory -ErrorAction Stop } | Should -Throw -ErrorId 'SharedMemoryReplaced,*'
    }

    It 'is taken from a job of this computer' {
        $copy = Start-Job { Import-Module $using:root/PSIpc.psd1; Get-SharedMemory -Id $using:segment.Id } | Receive-Job -Wait -AutoRemoveJob
        $copy.PSComputerName | Should -Be 'localhost'
        $copy | Remove-SharedMemory
        Get-SharedMemory -Id $segment.Id -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}

Describe 'An object of another computer' {
    It 'is refused by <_>' -ForEach @(
        'Get-SharedMemory', 'Read-SharedMemory', 'Connect-SharedMemory', 'Lock-SharedMemory', 'Unlock-SharedMemory', 'Wait-SharedMemory',
        'Remove-SharedMemory', 'New-SharedMemory', 'Start-EchoServer', 'Send-ProcessSignal'
    ) {
        $far = [pscustomobject] @{ Key = '0x5d5d5d5d'; Size = 8; Port = 0; ProcessId = $PID; PSComputerName = 'web1.example' }
        $more = if ($_ -eq 'Send-ProcessSignal') { @{ Signal = 'WindowChange' } } else { @{} }
        { $far | & $_ @more -ErrorAction Stop } | Should -Throw -ErrorId 'ObjectFromAnotherComputer,*' -ExpectedMessage '*web1.example*'
    }

    It 'is refused by Write-SharedMemory' {
        { [pscustomobject] @{ Key = '0x5d5d5d5d'; PSComputerName = 'web1' } | Write-SharedMemory -Value x -ErrorAction Stop } |
            Should -Throw -ErrorId 'ObjectFromAnotherComputer,*'
    }

    It 'is refused by Stop-EchoServer' {
        $server = Start-EchoServer
        try {
            { $server | Add-Member PSComputerName 'web1' -PassThru | Stop-EchoServer -ErrorAction Stop } |
                Should -Throw -ErrorId 'ObjectFromAnotherComputer,*'
        }
        finally { Stop-EchoServer -Id $server.Id }
    }

    It 'is reached when -Address names the computer' {
        $server = Start-EchoServer
        try {
            [pscustomobject] @{ Endpoint = "$($server.Endpoint)"; PSComputerName = 'web1' } | Send-EchoMessage 'x' -Address 127.0.0.1 -Quiet |
                Should -BeTrue
            { [pscustomobject] @{ Endpoint = "$($server.Endpoint)"; Address = '127.0.0.1'; PSComputerName = 'web1' } |
                Send-EchoMessage 'x' -ErrorAction Stop } | Should -Throw -ErrorId 'ObjectFromAnotherComputer,*'
        }
        finally { Stop-EchoServer -Id $server.Id }
    }

    It 'is refused as an endpoint that only that computer reaches: <_>' -ForEach 'tcp://127.0.0.1:1', 'tcp://localhost:1', 'unix:/x', 'pipe:x' {
        { [pscustomobject] @{ Endpoint = $_; PSComputerName = 'web1' } | Send-EchoMessage 'x' -ErrorAction Stop } |
            Should -Throw -ErrorId 'ObjectFromAnotherComputer,*'
    }
}
