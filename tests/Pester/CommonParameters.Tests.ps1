#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    # One call of each cmdlet that fails, but not in binding. @common stands for the common parameters of the test.
    $failures = @(
        @{ Cmdlet = 'New-SharedMemory'; Command = { New-SharedMemory $key 0 @common } }
        @{ Cmdlet = 'Get-SharedMemory'; Command = { Get-SharedMemory $key @common } }
        @{ Cmdlet = 'Read-SharedMemory'; Command = { Read-SharedMemory $key @common } }
        @{ Cmdlet = 'Write-SharedMemory'; Command = { Write-SharedMemory $key 'x' @common } }
        @{ Cmdlet = 'Remove-SharedMemory'; Command = { Remove-SharedMemory $key @common } }
        @{ Cmdlet = 'Wait-SharedMemory'; Command = { Wait-SharedMemory $key -TimeoutSec 0 @common } }
        @{ Cmdlet = 'Connect-SharedMemory'; Command = { Connect-SharedMemory $key @common } }
        @{ Cmdlet = 'Unlock-SharedMemory'; Command = { Unlock-SharedMemory $key @common } }
        @{ Cmdlet = 'Start-EchoServer'; Command = { Start-EchoServer -Port -1 @common } }
        @{ Cmdlet = 'Get-EchoServer'; Command = { Get-EchoServer 999999 @common } }
        @{ Cmdlet = 'Stop-EchoServer'; Command = { Stop-EchoServer 999999 @common } }
        @{ Cmdlet = 'Receive-EchoMessage'; Command = { Receive-EchoMessage 999999 @common } }
        @{ Cmdlet = 'Send-EchoMessage'; Command = { Send-EchoMessage x -Port 70000 @common } }
        @{ Cmdlet = 'Measure-EchoServer'; Command = { Measure-EchoServer -Port 70000 @common } }
        @{ Cmdlet = 'Merge-EchoMeasurement'; Command = { Merge-EchoMeasurement 1 @common } }
        @{ Cmdlet = 'Send-ProcessSignal'; Command = { Send-ProcessSignal 0 Interrupt @common } }
        @{ Cmdlet = 'Wait-ProcessSignal'; Command = { Wait-ProcessSignal Interrupt -TimeoutSec 0 @common } }
    )
}

BeforeAll {
    . "$PSScriptRoot/EchoSupport.ps1"
    $secret = 's3cret'

    # Runs a command that must not fail, and returns what it wrote to the verbose stream.
    function Get-Explanation([scriptblock] $Command) {
        & $Command 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message
    }

    # Starts a command in a runspace of its own, which has the variables of the test. Its progress is a property of the job.
    function Start-Command([scriptblock] $Command) {
        $variables = @{ key = $key; name = $name; server = $server; view = $view; port = $port }
        Start-ThreadJob -Name $name -InitializationScript $import -ArgumentList "$Command", $variables {
            param($Text, $Variables)
            $ProgressPreference = 'Continue'
            foreach ($variable in $Variables.GetEnumerator()) { Set-Variable $variable.Key $variable.Value }
            . ([scriptblock]::Create($Text))
        }
    }

    # Waits until a job has ended, and returns its progress, which Receive-Job would remove.
    function Get-Progress($Job) {
        $null = Wait-Job $Job -Timeout 60
        $Job.State | Should -Be Completed
        $Job.Progress.ReadAll()
    }

    # Waits until a job has drawn its progress.
    function Wait-Progress($Job) {
        $until = [datetime]::UtcNow.AddSeconds(60)
        while ($Job.Progress.Count -eq 0) {
            if ($Job.State -notin 'NotStarted', 'Running' -or [datetime]::UtcNow -gt $until) {
                throw "The job, $($Job.State), has drawn no progress: $($Job | Receive-Job 2>&1)"
            }
            [Threading.Thread]::Sleep(20)
        }
    }
}

Describe 'Common parameters' -Skip:(-not $IsLinux) {
    BeforeEach {
        . New-TestAddress
        . New-EchoTest
        $server = $null
    }
    AfterEach {
        Clear-EchoTest
        Clear-TestAddress
    }

    Context '-ErrorAction' {
        It 'is tested with every cmdlet' -ForEach @{ Names = $failures.Cmdlet } {
            # Lock-SharedMemory can fail only by ending the statement, and the others do not fail.
            $others = 'Disconnect-SharedMemory', 'Get-SharedMemoryLimit', 'Lock-SharedMemory'
            $names + $others | Sort-Object | Should -BeExactly ((Get-Command -Module PSIpc).Name | Sort-Object)
        }

        It 'has its effect on an error of <cmdlet>' -ForEach $failures {
            $common = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failure' }
            . $command | Should -BeNullOrEmpty
            $failure | Should -HaveCount 1
            $failure[0].InvocationInfo.MyCommand.Name | Should -BeExactly $cmdlet

            $common = @{ ErrorAction = 'Ignore' }
            $Error.Clear()
            & $command | Should -BeNullOrEmpty
            $Error | Should -HaveCount 0

            $common = @{ ErrorAction = 'Stop' }
            $ErrorActionPreference = 'Continue'
            $written = @(try { & $command; 'after' } catch { $_ })
            $written | Should -HaveCount 1
            $written[0] | Should -BeOfType ([Management.Automation.ErrorRecord])

            $common = @{}
            $ErrorActionPreference = 'Stop'
            @(try { & $command; 'after' } catch { $null = $_ }) | Should -HaveCount 0
        }

        It 'does not keep a statement from ending when Lock-SharedMemory fails' {
            Assert-Failure { Lock-SharedMemory $key -ErrorAction SilentlyContinue; 'went on' } SharedMemoryNotFound
        }
    }

    Context '-WhatIf and -Confirm' {
        It 'are parameters of the cmdlets that change something, and of no other' {
            $asking = Get-Command -Module PSIpc |
                Where-Object { $_.Parameters.ContainsKey('WhatIf') -and $_.Parameters.ContainsKey('Confirm') }
            $asking.Name | Sort-Object | Should -BeExactly 'New-SharedMemory', 'Remove-SharedMemory', 'Send-ProcessSignal', 'Start-EchoServer',
                    'Stop-EchoServer', 'Write-SharedMemory'
        }

        # Send-ProcessSignal.Tests.ps1 has the test of Send-ProcessSignal.
        It 'keep from a change: <command>' -ForEach @(
            @{
                Command = { New-SharedMemory $key 8 @common }
                Look = { @(Get-SharedMemory $key -ErrorAction Ignore).Count }
                Before = 0
                After = 1
            }
            @{
                Command = { New-SharedMemory -Name $name -Size 8 @common }
                Look = { @(Get-SharedMemory -Name "$name*").Count }
                Before = 0
                After = 1
            }
            @{
                Prepare = { New-SharedMemory $key 64 -Value 'old' }
                Command = { Write-SharedMemory $key 'new' @common }
                Look = { Read-SharedMemory $key }
                Before = 'old'
                After = 'new'
            }
            @{
                Prepare = { New-SharedMemory $key 64 }
                Command = { Remove-SharedMemory $key @common }
                Look = { @(Get-SharedMemory $key -ErrorAction Ignore).Count }
                Before = 1
                After = 0
            }
            @{ Command = { Start-EchoServer -Path $path @common }; Look = { Test-Path $path }; Before = $false; After = $true }
            @{
                Prepare = { Start-EchoServer }
                Command = { Stop-EchoServer $prepared.Id @common }
                Look = { $prepared.State }
                Before = 'Listening'
                After = 'Stopped'
            }
        ) {
            $prepared = if ($prepare) { & $prepare }
            $common = @{ WhatIf = $true }
            $null = & $command
            & $look | Should -Be $before
            $common = @{}
            & { $WhatIfPreference = $true; $null = & $command }
            & $look | Should -Be $before
            $common = @{ Confirm = $false }
            $null = & $command
            & $look | Should -Be $after
        }
    }

    # A row has only text, as Import-Csv returns it.
    Context 'Parameters by property name' {
        It 'take the columns of a row: <command>' -ForEach @(
            @{
                Command = { ([pscustomobject] @{ Key = $key; Size = '32'; Mode = '0640' } | New-SharedMemory).Mode }
                Expected = '0640'
            }
            @{ Command = { ([pscustomobject] @{ Name = $name; Size = '32' } | New-SharedMemory).Size }; Expected = 32 }
            @{
                Prepare = { New-SharedMemory $key 8 }
                Command = { ([pscustomobject] @{ Key = $key } | Get-SharedMemory).Size }
                Expected = 8
            }
            @{
                Prepare = { New-SharedMemory $key 8 -Value 'a' }
                Command = { [pscustomobject] @{ Id = "$($prepared.Id)"; Kind = 'SystemV' } | Read-SharedMemory }
                Expected = 'a'
            }
            @{
                Prepare = { New-SharedMemory $key 8 }
                Command = { [pscustomobject] @{ Key = $key } | Write-SharedMemory -Value 'b'; Read-SharedMemory $key }
                Expected = 'b'
            }
            @{
                Prepare = { New-SharedMemory $key 8 }
                Command = { ([pscustomobject] @{ Key = $key } | Wait-SharedMemory -TimeoutSec 0).Size }
                Expected = 8
            }
            @{
                Prepare = { New-SharedMemory $key 8 }
                Command = { [pscustomobject] @{ Key = $key } | Remove-SharedMemory; @(Get-SharedMemory $key -ErrorAction Ignore).Count }
                Expected = 0
            }
            @{
                Prepare = { Start-EchoServer }
                Command = { ([pscustomobject] @{ Address = '127.0.0.1'; Port = "$($prepared.Port)" } | Send-EchoMessage 'x').Reply }
                Expected = 'x'
            }
            @{
                Prepare = { Start-EchoServer }
                Command = { ([pscustomobject] @{ Endpoint = "$($prepared.Endpoint)" } | Measure-EchoServer -Count 2).Exchanges }
                Expected = 2
            }
            @{ Command = { ([pscustomobject] @{ Address = '127.0.0.1'; Port = '0' } | Start-EchoServer).State }; Expected = 'Listening' }
            @{ Command = { [pscustomobject] @{ ProcessId = "$PID" } | Send-ProcessSignal Continue; 'sent' }; Expected = 'sent' }
        ) {
            $prepared = if ($prepare) { & $prepare }
            & $command | Should -Be $expected
        }
    }

    Context '-Verbose' {
        It 'explains, and keeps the values secret: <command>' -ForEach @(
            @{
                Command = { New-SharedMemory -Private 64 -Value $secret -Verbose | Remove-SharedMemory }
                Words = 'shmget: created System V segment ', 'mode 0600', 'wrote 7 bytes at offset 0'
            }
            @{
                Command = { New-SharedMemory -Name $name -Size 64 -Verbose }
                Words = 'open with O_CREAT: created POSIX object /dev/shm/', '64 bytes'
            }
            @{ Command = { New-SharedMemory $key 64 -AllowExisting -Verbose }; Words = , 'opened what exists, System V segment ' }
            @{ Command = { Get-SharedMemory $key -Verbose }; Words = , 'Looked at 1; asked for: 1.' }
            @{ Command = { Get-SharedMemory $key -IncludeProcess -Verbose -WarningAction Ignore }; Words = , 'the users of 1 in /proc' }
            @{
                Command = { Read-SharedMemory $key -Verbose }
                Words = 'shmat: opened System V segment $id (key $key), 64 bytes, mode 0600', '1 attached',
                    'text up to its NUL, as utf-8, at offset 0', 'shmdt: closed key $key'
            }
            @{ Command = { Read-SharedMemory $key -As Byte -Count 3 -Verbose }; Words = , '3 of Byte, at offset 0' }
            @{ Command = { Read-SharedMemory $key -Layout 'char a[3];' -Verbose }; Words = , '1 records of 3 bytes' }
            @{
                Command = { Write-SharedMemory $key $secret -Offset 8 -Verbose }
                Words = , 'Wrote 7 bytes at offset 8 of key $key, 64 bytes'
            }
            @{
                Command = { Connect-SharedMemory $key -ReadOnly -Verbose | Disconnect-SharedMemory }
                Words = 'shmat: attached System V segment $id', 'for reading.'
            }
            @{ Command = { Connect-SharedMemory $key | Disconnect-SharedMemory -Verbose }; Words = , 'key ${key}: detached by shmdt' }
            @{
                Command = { $own = Connect-SharedMemory $key; $own.Dispose(); $own | Disconnect-SharedMemory -Verbose }
                Words = , 'key ${key}: was detached before'
            }
            @{
                Command = { Wait-SharedMemory $key -Value $secret -TimeoutSec 60 -Verbose }
                Words = 'Waits for key $key to hold the value of 7 bytes at offset 0, at most 60 s', 'ended after ', 'System V segment $id'
            }
            @{
                Command = { Lock-SharedMemory $key -Verbose; Unlock-SharedMemory $key }
                Words = , 'Locked key $key by the semaphore of its key (semop, SEM_UNDO) after '
            }
            @{ Command = { Lock-SharedMemory $key; Unlock-SharedMemory $key -Verbose }; Words = , 'Unlocked key $key' }
            @{ Command = { Get-SharedMemoryLimit -Verbose }; Words = 'shmctl(IPC_INFO, SHM_INFO)', '/dev/shm' }
            @{
                Command = { New-SharedMemory -Private 64 | Remove-SharedMemory -Verbose }
                Words = 'shmctl(IPC_RMID): removed System V segment ', '64 bytes'
            }
            @{ Command = { Start-EchoServer -Verbose | Stop-EchoServer }; Words = 'listens on tcp://127.0.0.1:', 'by epoll' }
            @{ Command = { Start-EchoServer -Udp -Verbose | Stop-EchoServer }; Words = 'listens on udp://', 'by datagrams' }
            @{ Command = { Get-EchoServer $server.Id -Verbose }; Words = , '$endpoint (Listening), by epoll' }
            @{
                Command = { Start-EchoServer | Stop-EchoServer -DrainTimeoutSec 3 -Verbose }
                Words = 'connections that have 3 s to finish: 0', '(Stopped) after '
            }
            @{
                Command = { Send-EchoMessage $secret -Server $server -Verbose }
                Words = '$endpoint is 127.0.0.1:$port.', 'Connected to 127.0.0.1:$port from 127.0.0.1:', ' ms, by poll(2)',
                    '6 of 6 bytes went out, 6 came back in '
            }
            @{
                Command = { Send-EchoMessage $secret -Address localhost -Port 1 -Quiet -Verbose }
                Words = 'tcp://localhost:1 is ', '127.0.0.1:1: Connection refused.'
            }
            @{ Command = { Start-EchoServer -Udp | Send-EchoMessage $secret -Verbose }; Words = , 'by datagrams' }
            @{
                Command = { Measure-EchoServer -Server $server -Count 10 -Verbose }
                Words = '$endpoint is 127.0.0.1:$port.', 'Connections: 1, in one readiness loop (epoll)', '127.0.0.1:$port answers.',
                    '10 exchanges and 0 errors in '
            }
            @{
                Command = { Measure-EchoServer -Server $server -Count 10 | Merge-EchoMeasurement -Verbose }
                Words = , 'Takes 10 exchanges with $endpoint from '
            }
            @{
                Command = { $stopped = Start-EchoServer; $stopped.Stop(0); $stopped | Receive-EchoMessage -Verbose }
                Words = 'from now on, and keeps at most 1024', 'Messages received: 0; dropped: 0.'
            }
            @{ Command = { Send-ProcessSignal $PID Continue -Verbose }; Words = , 'Sent Continue (SIGCONT) to process ' }
            @{
                Command = { Wait-ProcessSignal User1 -TimeoutSec 0 -Verbose -ErrorAction Ignore }
                Words = , 'waits for User1, at most 0 s'
            }
        ) {
            $id = (New-SharedMemory $key 64 -Value $secret).Id
            $server = Start-EchoServer
            $endpoint = "$($server.Endpoint)"
            $port = $server.Port
            $explanation = (Get-Explanation $command) -join "`n"
            foreach ($word in $words) {
                $explanation | Should -MatchExactly ([regex]::Escape($ExecutionContext.InvokeCommand.ExpandString($word)))
            }
            $explanation | Should -Not -Match $secret
            $null = $id, $endpoint, $port
        }

        It 'is obeyed, and $VerbosePreference too: <command> writes <lines> lines' -ForEach @(
            @{ Command = { $VerbosePreference = 'Continue'; Read-SharedMemory $key }; Lines = 3 }
            @{ Command = { $VerbosePreference = 'Continue'; Read-SharedMemory $key -Verbose:$false }; Lines = 0 }
            @{ Command = { Read-SharedMemory $key -Verbose }; Lines = 3 }
            @{ Command = { Read-SharedMemory $key }; Lines = 0 }
            @{ Command = { $VerbosePreference = 'Ignore'; Read-SharedMemory $key }; Lines = 0 }
        ) {
            $null = New-SharedMemory $key 64
            Get-Explanation $command | Should -HaveCount $lines
        }

        It 'explains what other threads do' {
            $server = Start-EchoServer -Certificate (New-Certificate)
            @(Get-Explanation { $server | Send-EchoMessage 'x' -SkipCertificateCheck -Verbose }) -match 'by Tls1[23] with TLS_' |
                Should -HaveCount 1
            $refused = Get-Explanation {
                try { Send-EchoMessage 'x' -Tls -Address localhost -Port 1 -Verbose -ErrorAction Ignore } catch { $null = $_ }
            }
            @($refused) -match '127.0.0.1:1: Connection refused' | Should -HaveCount 1
        }
    }
}

Describe 'Progress' -Skip:(-not $IsLinux) {
    BeforeEach {
        . New-TestAddress
        . New-EchoTest
        $server = $null
        $closed = [Collections.Generic.List[IDisposable]]::new()
    }
    AfterEach {
        foreach ($disposable in $closed) { $disposable.Dispose() }
        Clear-EchoTest
        Clear-TestAddress
    }

    # The command goes on until its progress has been drawn: then Finish ends it.
    It 'is drawn by a command that takes longer than a second: <command>' -ForEach @(
        @{
            Command = { Wait-SharedMemory $key -TimeoutSec 61.6 }
            Finish = { $null = New-SharedMemory $key 8 }
            Activity = 'to exist'
            Status = '^waiting for \d+ s of 61\.6 s$'
        }
        @{
            Prepare = { $null = New-SharedMemory $key 8; $view = Connect-SharedMemory $key }
            Command = { $view | Wait-SharedMemory -Changed -TimeoutSec 60 }
            Finish = { Write-SharedMemory $key 'x' }
            Activity = 'to change'
            Status = 'waiting'
        }
        @{
            Command = { Wait-ProcessSignal -Signal User1 -TimeoutSec 60 }
            Finish = { Send-ProcessSignal $PID User1 }
            Activity = 'Signal User1'
            Status = 'waiting'
        }
        @{
            # A server that accepts only when the progress has been drawn. The system has the connection until then.
            Prepare = {
                $listener = [Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
                $closed.Add($listener)
                $listener.Start()
                $port = $listener.LocalEndpoint.Port
            }
            Command = { Send-EchoMessage x -Port $port -TimeoutSec 60 }
            Finish = {
                $client = $listener.AcceptTcpClient()
                $closed.Add($client)
                $client.GetStream().WriteByte($client.GetStream().ReadByte())
                $client.Close()
            }
            Activity = 'Sending'
            Status = '^1 B of 1 B$'
        }
        @{
            Prepare = {
                $socket = [Net.Sockets.UdpClient]::new([Net.IPEndPoint]::new([ipaddress]::Loopback, 0))
                $closed.Add($socket)
                $port = $socket.Client.LocalEndPoint.Port
            }
            Command = { Send-EchoMessage x -Udp -Port $port -TimeoutSec 60 }
            Finish = {
                $from = [Net.IPEndPoint]::new([ipaddress]::Any, 0)
                $message = $socket.Receive([ref] $from)
                $null = $socket.Send($message, $message.Length, $from)
            }
            Activity = 'Sending'
            Status = '^1 B of 1 B$'
        }
        @{
            # The delay keeps the exchanges few.
            Prepare = { $server = Start-EchoServer -Fault @{ DelayMilliseconds = 50 } }
            Command = { Measure-EchoServer -Server $server -DurationSec 4 }
            Finish = { }
            Activity = 'Measuring'
            Status = 'exchanges/s'
        }
    ) {
        if ($prepare) { . $prepare }
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $job = Start-Command $command
        Wait-Progress $job
        . $finish
        $progress = Get-Progress $job
        $job | Receive-Job | Should -HaveCount 1
        $drawn = @($progress | Where-Object RecordType -EQ Processing)
        $drawn.Count | Should -BeGreaterThan 0

        # At most four times a second.
        $drawn.Count | Should -BeLessOrEqual (4 * $watch.Elapsed.TotalSeconds + 1)
        $drawn[0].Activity | Should -MatchExactly ([regex]::Escape($activity))
        $drawn[-1].StatusDescription | Should -MatchExactly $status
        $progress[-1].RecordType | Should -Be Completed
    }

    It 'is drawn by a command that waits for a lock' {
        $null = New-SharedMemory $key 8
        $program = Get-CProgram lock
        Invoke-Peer $program 'make', $key
        $start = [Diagnostics.ProcessStartInfo]::new($program, [string[]] ('hold', $key))
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $holder = [Diagnostics.Process]::Start($start)
        try {
            $holder.StandardOutput.ReadLine() | Should -BeExactly 'locked'
            Assert-Failure { Lock-SharedMemory $key -TimeoutSec 0.05 } WaitTimeout
            $job = Start-Command { Lock-SharedMemory $key -TimeoutSec 60; Unlock-SharedMemory $key }
            Wait-Progress $job
            $holder.StandardInput.Close()
            (Get-Progress $job)[0].Activity | Should -MatchExactly '^Lock of'
        }
        finally {
            $holder.Kill()
            $holder.Dispose()
            Invoke-Peer $program 'remove', $key
        }
    }

    It 'is not drawn by quick commands' {
        # A busy machine makes them slow now and then, but not each time.
        $until = [datetime]::UtcNow.AddSeconds(60)
        do {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $job = Start-Command {
                $null = New-SharedMemory $key 8
                $null = Wait-SharedMemory $key
                Lock-SharedMemory $key
                Unlock-SharedMemory $key
                Remove-SharedMemory $key
                $server = Start-EchoServer
                $null = Send-EchoMessage x -Server $server
                $server | Stop-EchoServer
            }
            $progress = Get-Progress $job
            $job | Receive-Job
        } while ($watch.Elapsed.TotalSeconds -ge 1 -and [datetime]::UtcNow -lt $until)
        $progress | Should -HaveCount 0
    }
}
