#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll {
    . "$PSScriptRoot/EchoSupport.ps1"
    $certificate = New-Certificate
}

Describe 'Start-EchoServer' {
    BeforeEach { . New-EchoTest }
    AfterEach { Clear-EchoTest }

    It 'returns a server that listens and echoes' {
        $server = Start-EchoServer
        $server.Port | Should -BeGreaterThan 0
        $server.State | Should -Be Listening
        $reply = Send-EchoMessage 'hello' -Port $server.Port
        $reply.Reply | Should -BeExactly 'hello'
        $reply.Matches | Should -BeTrue
    }

    It 'echoes text and bytes with <title>' -ForEach @(
        @{ Title = 'an IPv4 address'; Start = @{ Address = '127.0.0.1' } }
        @{ Title = 'an IPv6 address'; Start = @{ Address = '::1' } }
        @{ Title = '-Udp'; Start = @{ Udp = $true } }
        @{ Title = '-Path'; Start = { @{ Path = $path } } }
        @{ Title = '-PipeName'; Start = { @{ PipeName = $name } } }
        @{ Title = '-Certificate'; Start = { @{ Certificate = $certificate } } }
        @{ Title = '-EchoMode Message'; Start = @{ EchoMode = 'Message' } }
        @{ Title = '-EchoMode Message -Path'; Start = { @{ EchoMode = 'Message'; Path = $path } } }
        @{ Title = '-EchoMode Message -PipeName'; Start = { @{ EchoMode = 'Message'; PipeName = $name } } }
        @{ Title = '-EchoMode Message -Certificate'; Start = { @{ EchoMode = 'Message'; Certificate = $certificate } } }
    ) {
        Assert-AddressFamily $start.Address
        if ($start -is [scriptblock]) { $start = & $start }
        $trust = @{ SkipCertificateCheck = $start.ContainsKey('Certificate') }
        $server = Start-EchoServer @start
        ($server | Send-EchoMessage 'héllo' @trust).Reply | Should -BeExactly 'héllo'
        (Send-EchoMessage -Server $server -Message ([byte[]] (1, 2, 0, 255)) @trust).Bytes | Should -Be 1, 2, 0, 255
        Send-EchoMessage -Server $server -MessageBytes 50000 -Quiet @trust | Should -BeTrue
        $server | Stop-EchoServer
        $path | Should -Not -Exist
    }

    # What remoting and Export-Clixml make of a server, at their depths.
    It 'returns a server whose copy is found by its endpoint: <title>' -ForEach @(
        @{ Title = 'default' ; Start = @{}; Send = @{} }
        @{ Title = 'an IPv6 address'; Start = @{ Address = '::1' }; Send = @{} }
        @{ Title = '-Udp'; Start = @{ Udp = $true }; Send = @{} }
        @{ Title = '-Path'; Start = { @{ Path = $path } }; Send = @{} }
        @{ Title = '-PipeName'; Start = { @{ PipeName = $name } }; Send = @{} }
        @{ Title = '-Certificate'; Start = { @{ Certificate = $certificate } }; Send = @{ SkipCertificateCheck = $true } }
        @{ Title = 'every address'; Start = @{ Address = '0.0.0.0' }; Send = @{ Address = 'localhost' } }
        @{ Title = 'every address -Udp'; Start = @{ Address = '0.0.0.0'; Udp = $true }; Send = @{ Address = '127.0.0.1' } }
        @{
            Title = '-Certificate, by -Address'
            Start = { @{ Certificate = $certificate } }
            Send = @{ Address = 'localhost'; SkipCertificateCheck = $true }
        }
    ) {
        Assert-AddressFamily $start.Address
        if ($start -is [scriptblock]) { $start = & $start }
        $server = Start-EchoServer @start
        foreach ($depth in 1, 2) {
            $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($server, $depth))
            $reply = $copy | Send-EchoMessage 'over' @send
            $reply.Reply | Should -BeExactly 'over'
            $reply.Transport | Should -Be $server.Transport
        }
        $measured = $copy | Measure-EchoServer -Count 5 @send
        "$($measured.Exchanges) $($measured.ErrorCount)" | Should -Be '5 0'
        ([pscustomobject] @{ Endpoint = "$($server.Endpoint)" } | Send-EchoMessage 'over' @send).Reply | Should -BeExactly 'over'
    }

    It 'serves a job, which is another process' {
        $port = (Start-EchoServer).Port
        $job = Start-Job -Name $name -InitializationScript $import { (Send-EchoMessage 'from a job' -Port $using:port).Reply }
        $job | Receive-Job -Wait | Should -BeExactly 'from a job'
    }

    It 'is shared between runspaces' {
        $server = Start-EchoServer
        1..4 | ForEach-Object -Parallel {
            Import-Module "$using:root/PSIpc.psd1"
            $own = Start-EchoServer
            Send-EchoMessage "own $_" -Port $own.Port | ForEach-Object Matches
            Send-EchoMessage "shared $_" -Port $using:server.Port | ForEach-Object Matches
        } | Should -Be (@($true) * 8)
        $server.State | Should -Be Listening
        $server.TotalConnections | Should -Be 4
    }

    It 'creates a private socket file, which Stop-EchoServer removes' -Skip:$IsWindows {
        $server = Start-EchoServer -Path $path
        (Get-Item $path).UnixMode | Should -BeExactly 'srw-------'
        $server | Stop-EchoServer
        $path | Should -Not -Exist
    }

    It 'keeps a file that is not a socket' {
        Set-Content $path 'precious'
        Assert-Failure { Start-EchoServer -Path $path } EchoPathNotASocket $path
        Get-Content $path | Should -BeExactly 'precious'
    }

    It 'names the process that holds a port' {
        $server = Start-EchoServer
        Assert-Failure { Start-EchoServer -Port $server.Port } EchoAddressInUse "pid $PID"
    }

    It 'ends the connection of a message over -MaxMessageBytes, and goes on' {
        $server = Start-EchoServer -EchoMode Message -MaxMessageBytes 1KB
        Send-EchoMessage -Server $server -MessageBytes 100KB -Quiet | Should -BeFalse
        Send-EchoMessage -Server $server -MessageBytes 1KB -Quiet | Should -BeTrue
    }

    It 'starts nothing with -WhatIf' {
        Start-EchoServer -WhatIf | Should -BeNullOrEmpty
        Get-EchoServer | Should -BeNullOrEmpty
    }

    It 'makes the fault <id> with <fault>' -ForEach @(
        @{ Fault = @{ CorruptByte = 3 }; Id = 'EchoReplyMismatch'; Words = 'offset 3' }
        @{ Fault = @{ CorruptByte = 5 }; Id = 'EchoReplyMismatch'; Words = 'offset 5' }
        @{ Fault = @{ ResetAfterBytes = 2 }; Id = 'EchoConnectionReset' }
        @{ Fault = @{ StallAfterBytes = 2 }; Id = 'EchoReplyTimeout'; TimeoutSec = 1 }
        @{ Fault = @{ RefuseEvery = 1 }; Id = 'EchoConnectionReset' }
    ) {
        $server = Start-EchoServer -Fault $fault
        $seconds = $timeoutSec ?? 60
        $failure = $null
        Send-EchoMessage 'abcdefgh' -Port $server.Port -TimeoutSec $seconds -ErrorAction SilentlyContinue -ErrorVariable failure
        Get-ErrorId $failure | Should -BeExactly $id
        foreach ($word in $words) { $failure[0].Exception.Message | Should -MatchExactly $word }
    }

    It 'loses nothing with faults that only slow down' {
        $server = Start-EchoServer -Fault @{ ChunkBytes = 3; DelayMilliseconds = 1 }
        Send-EchoMessage 'abcdefgh' -Port $server.Port -Quiet | Should -BeTrue
    }

    It 'fails with <id>: <command>' -ForEach @(
        @{ Command = { Start-EchoServer -Port 65536 }; Id = 'EchoPortInvalid'; Words = , '65536' }
        @{ Command = { Start-EchoServer -Port -1 }; Id = 'EchoPortInvalid'; Words = , '-1' }
        @{ Command = { Start-EchoServer -Address 'not a host' }; Id = 'EchoAddressInvalid'; Words = , 'not a host' }
        @{
            Command = { Start-EchoServer -Address no.such.host.invalid }
            Id = 'EchoAddressUnresolved'
            Words = , 'no.such.host.invalid'
        }
        @{ Command = { Start-EchoServer -Address 192.0.2.1 }; Id = 'EchoAddressUnavailable'; Words = , '192.0.2.1' }
        @{ Command = { Start-EchoServer -Path /etc/passwd }; Id = 'EchoPathNotASocket'; Words = , '/etc/passwd' }
        @{ Command = { Start-EchoServer -Path ('/tmp/' + 'x' * 200) }; Id = 'EchoPathInvalid'; Words = , '107' }
        @{ Command = { Start-EchoServer -PipeName 'a/b' }; Id = 'EchoPipeNameInvalid'; Words = , 'a/b' }
        @{ Command = { Start-EchoServer -Backlog 0 }; Id = 'EchoOptionInvalid'; Words = , 'Backlog' }
        @{ Command = { Start-EchoServer -MaxConnection 0 }; Id = 'EchoOptionInvalid'; Words = , 'MaxConnections' }
        @{ Command = { Start-EchoServer -MaxMessageBytes 0 }; Id = 'EchoOptionInvalid'; Words = , 'MaxMessageBytes' }
        @{
            Command = { Start-EchoServer -IdleTimeoutSec -1 }
            Id = 'ParameterArgumentValidationError'
            Words = , 'IdleTimeoutSec'
        }
        @{ Command = { Start-EchoServer -Fault @{ ChunkBytes = 0 } }; Id = 'EchoFaultInvalid'; Words = , 'ChunkBytes' }
        @{
            Command = { Start-EchoServer -Fault @{ Nonsense = 1 } }
            Id = 'ParameterArgumentTransformationError'
            Words = 'Nonsense', 'RefuseEvery'
        }
    ) {
        Assert-Failure $command $id $words
        Get-EchoServer | Should -BeNullOrEmpty
    }
}
