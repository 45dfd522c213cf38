#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll {
    . "$PSScriptRoot/TestSupport.ps1"

    # Starts a process that sleeps, and that a signal ends. A shell's background job ignores SIGINT, and so do its children, without env.
    function Start-Sleeper {
        $process = [Diagnostics.Process]::Start((Get-Program env coreutils), [string[]] ('--default-signal=INT', 'sleep', '90'))
        $sleepers.Add($process)
        while ([IO.File]::ReadAllText("/proc/$($process.Id)/comm").Trim() -ne 'sleep') { [Threading.Thread]::Sleep(5) }
        $process
    }
    function Get-ExitCode($Process) {
        $Process.WaitForExit(60000) | Should -BeTrue
        $Process.ExitCode
    }
}

Describe 'Send-ProcessSignal' -Skip:(-not $IsLinux) {
    BeforeEach {
        . New-TestAddress
        $sleepers = [Collections.Generic.List[Diagnostics.Process]]::new()
    }
    AfterEach {
        foreach ($process in $sleepers) {
            $process.Kill()
            $process.Dispose()
        }
        Clear-TestAddress
    }

    It 'knows the name, the POSIX names, and the number of a signal: <_>' -ForEach 'Interrupt', 'sigint', 'INT', '2' {
        $process = Start-Sleeper
        Send-ProcessSignal -Id $process.Id -Signal $_
        Get-ExitCode $process | Should -Be 130
    }

    It 'takes <title> from the pipeline' -ForEach @(
        @{ Title = 'the output of Get-Process'; Convert = { Get-Process -Id $process.Id } }
        @{ Title = 'a process of .NET'; Convert = { [Diagnostics.Process]::GetProcessById($process.Id) } }
        @{
            Title = 'a copy of a process'
            Convert = {
                [Management.Automation.PSSerializer]::Deserialize(
                    [Management.Automation.PSSerializer]::Serialize([Diagnostics.Process]::GetProcessById($process.Id), 1))
            }
        }
        @{ Title = 'a number'; Convert = { $process.Id } }
        @{ Title = 'an object with ProcessId'; Convert = { [pscustomobject] @{ ProcessId = $process.Id } } }
    ) {
        $process = Start-Sleeper
        & $convert | Send-ProcessSignal Terminate
        Get-ExitCode $process | Should -Be 143
    }

    It 'takes the creator of a segment, and no process that has the ID of the segment' {
        # A C program that removes its segment at SIGINT.
        $start = [Diagnostics.ProcessStartInfo]::new((Get-CProgram shared_memory1), [string[]] $key)
        $start.RedirectStandardOutput = $true
        $creator = [Diagnostics.Process]::Start($start)
        $sleepers.Add($creator)
        $creator.StandardOutput.ReadLine() | Should -BeExactly 'ready'
        Get-SharedMemory -Key $key | Send-ProcessSignal -Signal Interrupt
        Get-ExitCode $creator | Should -Be 0
        Assert-Failure { Get-SharedMemory -Key $key } SharedMemoryNotFound
        Assert-Failure { [pscustomobject] @{ Id = 1 } | Send-ProcessSignal Interrupt } ProcessIdInvalid
        $object = New-SharedMemory -Name $name -Size 8
        Assert-Failure { $object | Get-SharedMemory | Send-ProcessSignal Interrupt } ProcessIdInvalid 'created'
    }

    It 'fails for the creator of a segment that has ended' {
        Invoke-Peer (Get-CProgram shm) 'sysv-write', $key, 64, 'x'
        Assert-Failure { Get-SharedMemory -Key $key | Send-ProcessSignal Interrupt } ProcessNotFound 'has ended'
    }

    It 'sends nothing, and fails with <id>: <command>' -ForEach @(
        @{ Command = { Send-ProcessSignal 0 Interrupt }; Id = 'ProcessIdInvalid'; Words = , 'group' }
        @{ Command = { Send-ProcessSignal -Id -1 -Signal Interrupt }; Id = 'ProcessIdInvalid'; Words = , 'group' }
        @{ Command = { Send-ProcessSignal 2147483647 Interrupt }; Id = 'ProcessNotFound'; Words = , '2147483647' }
        @{
            Command = { Send-ProcessSignal 1 Nonsense }
            Id = 'ParameterArgumentTransformationError'
            Words = 'Interrupt (SIGINT, 2)', 'WindowChange'
        }
        @{ Command = { Send-ProcessSignal 1 0 }; Id = 'ParameterArgumentTransformationError' }
    ) { Assert-Failure $command $id $words }

    It 'sends nothing with -WhatIf, and does not ask with -Confirm:$false' {
        $process = Start-Sleeper
        Send-ProcessSignal $process.Id Kill -WhatIf
        & { $WhatIfPreference = $true; Send-ProcessSignal $process.Id Kill }
        Send-ProcessSignal $process.Id Terminate -Confirm:$false
        Get-ExitCode $process | Should -Be 143
    }
}
