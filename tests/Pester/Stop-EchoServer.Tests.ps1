#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Stop-EchoServer' {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'stops a server by ID' {
        $server = Start-EchoServer
        (Stop-EchoServer -Id $server.Id -PassThru).State | Should -Be Stopped
        Get-EchoServer | Where-Object Id -EQ $server.Id | Should -BeNullOrEmpty
        Send-EchoMessage 'x' -Port $server.Port -Quiet | Should -BeFalse
    }

    It 'stops nothing with -WhatIf' {
        $server = Start-EchoServer
        $server | Stop-EchoServer -WhatIf
        $server.State | Should -Be Listening
    }

    It 'is done for the servers of a runspace by Remove-Module' {
        $kept = Start-EchoServer
        $job = Start-ThreadJob -Name $name -InitializationScript $import { $server = Start-EchoServer; Remove-Module PSIpc; $server.State }
        $job | Receive-Job -Wait | Should -Be Stopped
        $kept.State | Should -Be Listening
    }

    It 'fails for an ID that no server has' {
        Assert-Failure { Stop-EchoServer -Id 999999 } EchoServerNotFound '999999'
    }

    It 'fails for a copy of a server, which runs in another process, and for other objects' {
        $server = Start-EchoServer
        $copy = ConvertTo-Deserialized $server
        Assert-Failure { $copy | Stop-EchoServer } EchoServerNotFound 'is a copy of an echo server', 'tcp://127.0.0.1:'
        Assert-Failure { 1 | Stop-EchoServer } EchoServerNotFound 'System.Int32'
        $server.State | Should -Be Listening
    }
}
