#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Disconnect-SharedMemory' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'detaches, also the second time' {
        $segment = New-SharedMemory $key 64
        (Get-SharedMemory $key).AttachCount | Should -Be 0
        $view = $segment | Connect-SharedMemory
        (Get-SharedMemory $key).AttachCount | Should -Be 1
        $null = $view | Read-SharedMemory
        (Get-SharedMemory $key).AttachCount | Should -Be 1
        Disconnect-SharedMemory $view
        (Get-SharedMemory $key).AttachCount | Should -Be 0
        $view, $view | Disconnect-SharedMemory
        (Get-SharedMemory $key).AttachCount | Should -Be 0
        $view.IsClosed | Should -BeTrue
    }

    It 'leaves a view that cannot be used: <in>, <command>' -ForEach @(
        @{ In = 'Key'; Command = { $view | Read-SharedMemory } }
        @{ In = 'Name'; Command = { $view | Read-SharedMemory } }
        @{ In = 'Key'; Command = { $view | Write-SharedMemory -Value 'lost' } }
        @{ In = 'Name'; Command = { $view | Write-SharedMemory -Value 'lost' } }
        @{ In = 'Key'; Command = { $view | Get-SharedMemory } }
        @{ In = 'Key'; Command = { $view | Remove-SharedMemory } }
        @{ In = 'Key'; Command = { $view | Connect-SharedMemory } }
    ) {
        $address = $at.$in
        $null = New-SharedMemory @address -Size 64
        $view = Connect-SharedMemory @address
        $view | Disconnect-SharedMemory
        Assert-Failure $command SharedMemoryViewClosed 'is closed'
        Get-SharedMemory @address | Should -HaveCount 1
    }

    It 'leaves a view that cannot be used when its own Dispose was called' {
        $view = New-SharedMemory $key 64 | Connect-SharedMemory
        $view.Dispose()
        Assert-Failure { $view | Read-SharedMemory } SharedMemoryViewClosed 'is closed'
    }

    It 'takes only views: <command>' -ForEach @(
        @{ Command = { Disconnect-SharedMemory $null } }
        @{ Command = { Disconnect-SharedMemory 1234 } }
        @{ Command = { Get-SharedMemoryLimit | Disconnect-SharedMemory } }
    ) { Assert-BindingFailure $command }
}
