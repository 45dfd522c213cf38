#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Remove-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    Context 'with a second process' {
        BeforeAll { $second = Start-SecondProcess }
        AfterAll { Stop-SecondProcess $second }

        It 'removes for every process' {
            $null = New-SharedMemory -Key $key -Size 1KB
            Invoke-SecondProcess $second { Remove-SharedMemory -Key $args[0] } $key
            Assert-Failure { Get-SharedMemory -Key $key } SharedMemoryNotFound
        }
    }

    It 'removes nothing with -WhatIf, and does not ask with -Confirm:$false' {
        $null = New-SharedMemory $key 10
        Remove-SharedMemory $key -WhatIf
        Get-SharedMemory $key | Should -HaveCount 1
        $ConfirmPreference = 'None'
        Remove-SharedMemory $key -Confirm:$false
        Assert-Failure { Get-SharedMemory $key } SharedMemoryNotFound
    }

    It 'takes no wildcards' {
        $null = New-SharedMemory -Name "$name-1" -Size 10
        Assert-Failure { Remove-SharedMemory -Name "$name-*" } SharedMemoryNotFound
        (Get-SharedMemory -Name "$name-1").Name | Should -HaveCount 1
    }

    It 'fails for what does not exist' {
        Assert-Failure { Remove-SharedMemory $key } SharedMemoryNotFound $key
        Assert-Failure { Remove-SharedMemory -Name $name } SharedMemoryNotFound $name
        Assert-Failure { Remove-SharedMemory -Id 2147483647 } SharedMemoryNotFound '2147483647'
    }

    It 'writes one error for a bad address among ten and removes the others' {
        1..10 | Where-Object { $_ -ne 4 } | ForEach-Object { $null = New-SharedMemory -Name "$name-$_" -Size 10 }
        $rows = 1..10 | ForEach-Object { [pscustomobject] @{ Name = "$name-$_" } }
        Assert-Failure { $rows | Remove-SharedMemory } SharedMemoryNotFound "$name-4"
        Get-SharedMemory -Name "$name-*" | Should -BeNullOrEmpty
    }

    It 'refuses three addresses at once' { Assert-Failure { Remove-SharedMemory -Key 1 -Id 2 -Name x } AmbiguousParameterSet }
}
