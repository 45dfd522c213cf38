#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Unlock-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'fails when this process does not hold the lock, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $null = New-SharedMemory @address -Size 8
        Assert-Failure { Unlock-SharedMemory @address } SharedMemoryLockNotHeld
        Lock-SharedMemory @address
        Unlock-SharedMemory @address
        Assert-Failure { Unlock-SharedMemory @address } SharedMemoryLockNotHeld
    }

    It 'fails after the lock object was disposed' {
        $null = New-SharedMemory -Name $name -Size 8
        $lock = Lock-SharedMemory -Name $name -PassThru
        $lock.Dispose()
        Assert-Failure { Unlock-SharedMemory -Name $name } SharedMemoryLockNotHeld
    }

    It 'takes the lock object from the pipeline, by <_>' -ForEach 'Key', 'Name' {
        $address = $at.$_
        $null = New-SharedMemory @address -Size 8
        Lock-SharedMemory @address -PassThru | Unlock-SharedMemory | Should -BeNullOrEmpty
        Assert-Failure { Unlock-SharedMemory @address } SharedMemoryLockNotHeld
    }
}
