#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

# What becomes of created items when the pipeline ends, fails, or is ended by Select-Object. Stops at random moments are tested apart.
BeforeDiscovery {
    $creators = @(
        @{ Name = 'New-SharedMemory'; Create = { $keys[0], $keys[1] | ForEach-Object { [pscustomobject] @{ Key = $_ } } | New-SharedMemory -Size 64 }
            Fails = { New-SharedMemory -Key $keys[0], $taken -Size 64 -ErrorAction Stop }
            Left = { @(Get-SharedMemory -Key $keys[0], $keys[1] -ErrorAction Ignore).Count }; Release = { $input | Remove-SharedMemory }; ReleaseOne = { $input | Remove-SharedMemory } }
        @{ Name = 'Connect-SharedMemory'; Create = { Connect-SharedMemory -Key $taken, $taken }
            Fails = { Connect-SharedMemory -Key $taken, $keys[0] -ErrorAction Stop }
            Left = { (Get-SharedMemory -Key $taken).AttachCount }; Release = { $input | Disconnect-SharedMemory }; ReleaseOne = { $input | Disconnect-SharedMemory } }
        @{ Name = 'Lock-SharedMemory'; Create = { Lock-SharedMemory -Key $taken, $second -PassThru }
            Fails = { Lock-SharedMemory -Key $taken, $keys[0] }
            Left = { foreach ($key in $taken, $second) { try { Lock-SharedMemory -Key $key -TimeoutSec 0; Unlock-SharedMemory -Key $key } catch { $held++ } }; [int] $held }
            Release = { Unlock-SharedMemory -Key $taken, $second }; ReleaseOne = { Unlock-SharedMemory -Key $taken } }
        @{ Name = 'Start-EchoServer'; Create = { 1, 2 | ForEach-Object { [pscustomobject] @{ Port = 0 } } | Start-EchoServer }
            Fails = { 0, 70000 | ForEach-Object { [pscustomobject] @{ Port = $_ } } | Start-EchoServer -ErrorAction Stop }
            Left = { @(Get-EchoServer).Count }; Release = { $input | Stop-EchoServer }; ReleaseOne = { $input | Stop-EchoServer } }
    )
}

Describe '<Name>' -Skip:(-not $IsLinux) -ForEach $creators {
    BeforeAll {
        . "$PSScriptRoot/TestSupport.ps1"
        $keys = (New-Key), (New-Key)
        $taken = New-Key
        $second = New-Key
        $null = New-SharedMemory -Key $taken -Size 64
        $null = New-SharedMemory -Key $second -Size 64
    }
    AfterAll { Remove-SharedMemory -Key $taken, $second }

    It 'leaves everything to the caller when the pipeline ends' {
        $created = & $Create
        & $Left | Should -Be 2
        $created | & $Release
        & $Left | Should -Be 0
    }

    It 'leaves what Select-Object -First took to the caller, and nothing else' {
        $created = & $Create | Select-Object -First 1
        & $Left | Should -Be 1
        $created | & $ReleaseOne
        & $Left | Should -Be 0
    }

    It 'leaves nothing when it fails' {
        { & $Fails } | Should -Throw
        & $Left | Should -Be 0
    }

    It 'leaves nothing when a throw downstream ends the pipeline' {
        { & $Create | ForEach-Object { throw 'downstream' } } | Should -Throw 'downstream'
        & $Left | Should -Be 0
    }
}
