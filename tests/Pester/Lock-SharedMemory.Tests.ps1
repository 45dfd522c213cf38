#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Lock-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'returns an object only with -PassThru' {
        $segment = New-SharedMemory $key 8
        Lock-SharedMemory $key | Should -BeNullOrEmpty
        Unlock-SharedMemory $key | Should -BeNullOrEmpty
        $segment | Lock-SharedMemory | Should -BeNullOrEmpty
        Unlock-SharedMemory -Id $segment.Id | Should -BeNullOrEmpty
        $lock = Lock-SharedMemory $key -PassThru
        $lock.GetType().FullName | Should -BeExactly 'PSIpc.SharedMemory.SystemV.SystemVLock'
        $lock | Unlock-SharedMemory | Should -BeNullOrEmpty
    }

    It 'fails for an object that does not exist' {
        Assert-Failure { Lock-SharedMemory -Name "$name-none" } SharedMemoryNotFound
    }

    It 'fails at once when this process holds the lock, also in another runspace' {
        $null = New-SharedMemory $key 8
        Lock-SharedMemory $key
        Assert-Failure { Lock-SharedMemory $key } SharedMemoryLockHeld
        $job = Start-ThreadJob -Name $name -InitializationScript $import { Lock-SharedMemory $using:key }
        Assert-Failure { $job | Receive-Job -Wait } SharedMemoryLockHeld
    }

    It 'ends the statement when it does not acquire the lock, and acquires several together or none' {
        $null = New-SharedMemory $key 8
        Assert-Failure { Lock-SharedMemory $key, (New-Key) -TimeoutSec 0; 'held' } SharedMemoryNotFound
        Assert-Failure { Unlock-SharedMemory $key } SharedMemoryLockNotHeld
    }
}
