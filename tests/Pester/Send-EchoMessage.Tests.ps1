#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Send-EchoMessage' {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'sends each message of the pipeline, and repeats it' {
        $server = Start-EchoServer
        'a', 'b' | Send-EchoMessage -Port $server.Port -Count 2 | ForEach-Object { "$($_.Sequence) $($_.Reply)" } |
            Should -BeExactly '1 a', '2 a', '3 b', '4 b'
    }

    It 'shows replies as a table' {
        $server = Start-EchoServer
        'a', 'b' | Send-EchoMessage -Port $server.Port | Format-Table | Out-String -Width 80 | Should -Match '1 True +1 B .* a'
    }

    It 'returns a Boolean with -Quiet, and writes no error when no server listens' {
        $server = Start-EchoServer
        Send-EchoMessage 'x' -Port $server.Port -Quiet | Should -BeTrue
        $server | Stop-EchoServer
        Send-EchoMessage 'x' -Port $server.Port -Quiet | Should -BeFalse
    }

    It 'ends with -NoHalfClose when the whole reply is there' {
        $server = Start-EchoServer

        # The server keeps the connection open: without an end of its own, the exchange would take until the timeout and fail.
        $reply = Send-EchoMessage 'still open' -Port $server.Port -NoHalfClose -TimeoutSec 60
        $reply.Reply | Should -BeExactly 'still open'
        $reply.RoundTripTime.TotalSeconds | Should -BeLessThan 60
    }

    It 'exchanges a message with the server in C' -Skip:$IsWindows {
        $peer = Start-Peer (Get-CProgram socket_server) '0'
        try {
            $peer.StandardError.ReadLine() -match '^listening (\d+)' | Should -BeTrue
            $reply = Send-EchoMessage 'Linux Programming' -Port $Matches[1]
            $reply.Reply | Should -BeExactly 'Linux Programming'
            $reply.Matches | Should -BeTrue
        }
        finally { Stop-Peer $peer }
    }

    It 'sends more than it keeps in memory' {
        $server = Start-EchoServer
        $before = [GC]::GetTotalMemory($true)
        Send-EchoMessage -MessageBytes 128MB -Port $server.Port -Quiet -TimeoutSec 300 | Should -BeTrue
        [GC]::GetTotalMemory($true) - $before | Should -BeLessThan 50MB
        $server.BytesSent | Should -Be 128MB
    }

    It 'names the offset of a wrong byte' {
        $server = Start-EchoServer -Fault @{ CorruptByte = 5 }
        { Send-EchoMessage 'abcdefgh' -Port $server.Port -ErrorAction Stop } |
            Should -Throw -ErrorId 'EchoReplyMismatch,*' -ExpectedMessage '*offset 5*'
    }

    It 'rejects a certificate that no authority has signed' {
        $server = Start-EchoServer -Certificate (New-Certificate)
        Assert-Failure { Send-EchoMessage 'x' -Port $server.Port -Tls } EchoCertificateRejected
    }

    It 'fails with <id>: <command>' -ForEach @(
        @{ Command = { Send-EchoMessage x -Port 0 }; Id = 'EchoPortInvalid'; Words = , 'port 0' }
        @{ Command = { Send-EchoMessage x -Port 65536 }; Id = 'EchoPortInvalid'; Words = , '65536' }
        @{ Command = { Send-EchoMessage x -Address no.such.host.invalid -Port 7 }; Id = 'EchoAddressUnresolved' }
        @{ Command = { Send-EchoMessage x -Path "$path-missing" }; Id = 'EchoConnectionRefused' }
        @{
            Command = { Send-EchoMessage x -Port 7 -TimeoutSec 2147484 }
            Id = 'ParameterArgumentValidationError'
            Words = , 'TimeoutSec'
        }
        @{ Command = { Send-EchoMessage x -Port 7 -TimeoutSec 0 }; Id = 'EchoOptionInvalid'; Words = , 'Timeout' }
        @{ Command = { Send-EchoMessage -Port 7 }; Id = 'EchoOptionInvalid'; Words = , '-Message' }
        @{ Command = { Send-EchoMessage x -Port 7 -Udp -Tls }; Id = 'EchoOptionInvalid'; Words = , '-Udp' }
        @{
            Command = { Send-EchoMessage x -Endpoint udp://127.0.0.1:7 -Tls }
            Id = 'EchoOptionInvalid'
            Words = 'udp://127.0.0.1:7', '-Tls'
        }
        @{
            Command = { Send-EchoMessage x -Endpoint unix:/tmp/x -Address localhost }
            Id = 'EchoOptionInvalid'
            Words = 'unix:/tmp/x', 'localhost'
        }
        @{
            Command = { Send-EchoMessage x -Endpoint http://localhost:7 }
            Id = 'EchoAddressInvalid'
            Words = 'http://localhost:7', 'pipe:NAME'
        }
        @{ Command = { Send-EchoMessage x -Endpoint tcp://localhost }; Id = 'EchoAddressInvalid'; Words = , 'tcp://localhost' }
        @{ Command = { Send-EchoMessage -MessageBytes 65508 -Port 7 -Udp }; Id = 'EchoMessageTooLarge'; Words = , '65507' }
    ) { Assert-Failure $command $id $words }
}
