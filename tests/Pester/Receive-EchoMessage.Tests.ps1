#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Receive-EchoMessage' {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'returns messages while they come' {
        $server = Start-EchoServer -EchoMode Message
        $port = $server.Port
        $texts = Receive-EchoMessage -InputObject $server -Count 2 -OutVariable received | ForEach-Object -Begin {
            # The receiver listens before it returns the first message.
            $job = Start-ThreadJob -Name $name -InitializationScript $import { 'one', 'two' | Send-EchoMessage -Port $using:port -Quiet }
        } -Process { ">$($_.Text)" }
        $texts | Should -BeExactly '>one', '>two'
        $job | Receive-Job -Wait | Should -Be $true, $true
        $received[0].IsComplete | Should -BeTrue
        $received[0].ConnectionId | Should -BeLessThan $received[1].ConnectionId
        $received[0].RemoteEndpoint | Should -Match '^127\.0\.0\.1:\d+$'
    }

    It 'receives from a server that a parameter names before the next command begins: <_>' -ForEach 'InputObject', 'Id' {
        $server = Start-EchoServer -EchoMode Message
        $named = @{ $_ = $_ -eq 'Id' ? $server.Id : $server }

        # Without that, the message would be sent too early, and the cmdlet would wait for another one.
        Receive-EchoMessage @named -Count 1 | ForEach-Object -Begin { Send-EchoMessage 'early' -Server $server -Quiet } -Process { $_.Text } |
            Should -BeExactly 'True', 'early'
    }

    It 'ends when Select-Object has enough' {
        $server = Start-EchoServer -EchoMode Message
        $port = $server.Port
        $job = $null
        Receive-EchoMessage -InputObject $server | ForEach-Object -Begin {
            $job = Start-ThreadJob -Name $name -InitializationScript $import { 'one', 'two' | Send-EchoMessage -Port $using:port -Quiet }
        } -Process { ">$($_.Text)" } | Select-Object -First 2 | Should -BeExactly '>one', '>two'
        $job | Receive-Job -Wait | Should -Be $true, $true
    }

    It 'ends when the server stops' {
        $server = Start-EchoServer
        $server | Receive-EchoMessage | ForEach-Object -Begin {
            $job = Start-ThreadJob -Name $name { ($using:server).Stop([timespan]::Zero) }
        } -Process { $_ } -End { 'ended' } | Should -BeExactly 'ended'
        $job | Receive-Job -Wait
    }

    It 'fails for a copy of a server, which runs in another process, and for other objects' {
        $server = Start-EchoServer
        $copy = ConvertTo-Deserialized $server
        Assert-Failure { $copy | Receive-EchoMessage } EchoServerNotFound 'is a copy of an echo server', 'tcp://127.0.0.1:'
        Assert-Failure { 1 | Receive-EchoMessage } EchoServerNotFound 'System.Int32'
        $server.State | Should -Be Listening
    }
}
