#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Wait-ProcessSignal' -Skip:(-not $IsLinux) {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'returns the signal that came' {
        $job = Start-ThreadJob -Name $name -InitializationScript $import { Wait-ProcessSignal -Signal User1, User2 -TimeoutSec 60 }

        # The wait has begun when the last of its signals is caught.
        while (-not (([Convert]::ToUInt64(((Get-Content "/proc/$PID/status") -match '^SigCgt:').Split("`t")[-1], 16)) -band 0x800)) {
            $job.State | Should -BeIn 'NotStarted', 'Running'
            [Threading.Thread]::Sleep(5)
        }
        Send-ProcessSignal -Id $PID -Signal User1
        $job | Receive-Job -Wait | Should -Be User1
    }

    It 'fails when the time is over, not earlier' {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Assert-Failure { Wait-ProcessSignal -Signal User1, User2 -TimeoutSec 0.1 } WaitTimeout '0.1 s for the signals User1, User2'
        $watch.Elapsed.TotalSeconds | Should -BeGreaterOrEqual 0.1
    }

    It 'refuses signals that no process can catch, and other words' {
        Assert-Failure { Wait-ProcessSignal -Signal Kill } ProcessSignalNotWaitable 'SIGKILL'
        Assert-Failure { Wait-ProcessSignal -Signal Stop } ProcessSignalNotWaitable 'SIGSTOP'
        Assert-Failure { Wait-ProcessSignal -Signal Nonsense } ParameterArgumentTransformationError 'User2 (SIGUSR2, 12)'
    }
}
