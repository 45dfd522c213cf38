#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Get-EchoServer' {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'lists the servers of this process, by ID too' {
        $server, $other = Start-EchoServer; Start-EchoServer
        (Get-EchoServer).Id | Should -Contain $server.Id
        (Get-EchoServer $server.Id).Id | Should -Be $server.Id
        $server | Stop-EchoServer
        (Get-EchoServer).Id | Should -Not -Contain $server.Id
    }

    It 'shows a server as a row of a table' {
        $server = Start-EchoServer
        Get-EchoServer $server.Id | Out-String -Width 80 | Should -Match 'Stream +Listening .* tcp://127\.0\.0\.1:\d+'
    }

    It 'fails for an ID that no server has' {
        Assert-Failure { Get-EchoServer 999999 } EchoServerNotFound
    }

    It 'fails for a copy of a server, which runs in another process, and for other objects' {
        $server = Start-EchoServer
        $copy = ConvertTo-Deserialized $server
        Assert-Failure { $copy | Get-EchoServer } EchoServerNotFound 'is a copy of an echo server', 'tcp://127.0.0.1:'
        Assert-Failure { 1 | Get-EchoServer } EchoServerNotFound 'System.Int32'
        $server.State | Should -Be Listening
    }
}
