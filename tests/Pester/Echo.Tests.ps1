#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    $hasCompiler = [bool] (Get-Command cc -ErrorAction Ignore)
}

BeforeAll {
    $root = Resolve-Path "$PSScriptRoot/../.."
    Import-Module "$root/PSIpc.psd1" -Force
    function New-SocketPath { Join-Path ([IO.Path]::GetTempPath()) "PSIpc-pester-$PID-$(Get-Random).sock" }

    # A second pwsh with the module.
    function Invoke-SecondProcess([string] $Command) {
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$root/PSIpc.psd1'; $Command"
    }
}

AfterAll {
    Get-EchoServer | Stop-EchoServer
}

Describe 'Start-EchoServer' {
    AfterEach { Get-EchoServer | Stop-EchoServer -DrainTimeoutSec 0 }

    It 'serves another process' {
        $server = Start-EchoServer
        Invoke-SecondProcess "(Send-EchoMessage 'from another process' -Port $($server.Port)).Reply" | Should -Be 'from another process'
    }

    It 'serves over <name>' -ForEach @(
        @{ name = 'IPv6'; start = @{ Address = '::1' } }
        @{ name = 'UDP'; start = @{ Udp = $true } }
        @{ name = 'a Unix socket'; start = @{ Path = "/tmp/PSIpc-pester-$PID.sock" } }
        @{ name = 'a named pipe'; start = @{ PipeName = "PSIpc-pester-$PID" } }
        @{ name = 'messages'; start = @{ EchoMode = 'Message' } }
    ) {
        Start-EchoServer @start | Send-EchoMessage 'there and back' | ForEach-Object Reply | Should -Be 'there and back'
    }

    It 'keeps a socket file private and takes it away' {
        $path = New-SocketPath
        $server = Start-EchoServer -Path $path
        (Get-Item $path).UnixMode | Should -Be 'srw-------'
        $server | Stop-EchoServer
        $path | Should -Not -Exist
    }

    It 'never takes away a file of another program' {
        $path = New-SocketPath
        Set-Content $path 'precious'
        { Start-EchoServer -Path $path -ErrorAction Stop } | Should -Throw -ErrorId 'EchoPathNotASocket,*'
        Get-Content $path | Should -Be 'precious'
        Remove-Item $path
    }

    It 'says who holds a port' {
        $server = Start-EchoServer
        { Start-EchoServer -Port $server.Port -ErrorAction Stop } | Should -Throw -ErrorId 'EchoAddressInUse,*' -ExpectedMessage "*$PID*"
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

    It 'works in a job' {
        $port = (Start-EchoServer).Port
        Start-Job { Import-Module "$using:root/PSIpc.psd1"; Send-EchoMessage 'from a job' -Port $using:port } |
            Receive-Job -Wait -AutoRemoveJob | ForEach-Object Reply | Should -Be 'from a job'
    }
}

Describe 'Get-EchoServer' {
    It 'lists and shows servers' {
        $server = Start-EchoServer
        (Get-EchoServer).Id | Should -Contain $server.Id
        Get-EchoServer $server.Id | Out-String -Width 80 | Should -Match 'Stream +Listening .* tcp://127\.0\.0\.1:\d+'
        $server | Stop-EchoServer
        (Get-EchoServer).Id | Should -Not -Contain $server.Id
    }
}

Describe 'Stop-EchoServer' {
    It 'ends listening' {
        $server = Start-EchoServer
        (Stop-EchoServer -Id $server.Id -PassThru).State | Should -Be Stopped
        Send-EchoMessage 'x' -Port $server.Port -Quiet | Should -BeFalse
    }

    It 'is done for by Remove-Module' {
        Invoke-SecondProcess '$s = Start-EchoServer; Remove-Module PSIpc; "$($s.State)"' | Should -Be 'Stopped'
    }
}

Describe 'Send-EchoMessage' {
    BeforeAll { $server = Start-EchoServer }
    AfterAll { $server | Stop-EchoServer }

    It 'talks to the server of the seed in C' -Skip:(-not $hasCompiler) {
        $program = Join-Path $TestDrive socket_server
        cc -O2 -o $program "$root/tests/Peers/socket_server.c"
        $process = [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo] @{ FileName = $program; Arguments = '0'; RedirectStandardError = $true })
        try {
            $process.StandardError.ReadLine() -match '^listening (\d+)' | Should -BeTrue
            (Send-EchoMessage 'Linux Programming' -Port $Matches[1]).Reply | Should -Be 'Linux Programming'
        }
        finally { $process.Kill() }
    }

    It 'has a table view' {
        'a', 'b' | Send-EchoMessage -Port $server.Port | Format-Table | Out-String -Width 80 | Should -Match '1 True +1 B .* a'
    }

    It 'sends what does not fit into memory' {
        $before = [GC]::GetTotalMemory($true)
        Send-EchoMessage -MessageBytes 1GB -Port $server.Port -Quiet -TimeoutSec 300 | Should -BeTrue
        [GC]::GetTotalMemory($true) - $before | Should -BeLessThan 50MB
    }

    It 'says where a reply is wrong' {
        $faulty = Start-EchoServer -Fault @{ CorruptByte = 5 }
        { Send-EchoMessage 'abcdefgh' -Port $faulty.Port -ErrorAction Stop } | Should -Throw -ErrorId 'EchoReplyMismatch,*' -ExpectedMessage '*offset 5*'
        $faulty | Stop-EchoServer
    }
}

Describe 'Receive-EchoMessage' {
    It 'is the server of the seed' {
        $server = Start-EchoServer -EchoMode Message
        $port = $server.Port
        $job = Start-ThreadJob { Import-Module "$using:root/PSIpc.psd1"; 'one', 'two' | Send-EchoMessage -Port $using:port -Quiet }
        $server | Receive-EchoMessage | Select-Object -First 2 | ForEach-Object { ">$($_.Text)" } | Should -Be '>one', '>two'
        $job | Receive-Job -Wait -AutoRemoveJob | Should -Be $true, $true
        $server | Stop-EchoServer
    }
}

Describe 'Measure-EchoServer' {
    It 'draws the distribution' {
        $server = Start-EchoServer
        $measurement = Measure-EchoServer -Port $server.Port -Connection 4 -Count 2000
        $measurement.Exchanges | Should -Be 2000
        $text = $measurement | Out-String -Width 80
        $text | Should -Match 'exchanges +2,000 \('
        $text | Should -Match 'p99\.9 '
        $text -split "`n" | ForEach-Object Length | Measure-Object -Maximum | ForEach-Object Maximum | Should -BeLessOrEqual 80
        $server | Stop-EchoServer
    }
}

Describe 'Merge-EchoMeasurement' {
    It 'adds runs of other processes' {
        $server = Start-EchoServer
        $port = $server.Port
        $runs = 1..2 | ForEach-Object { Start-Job { Import-Module "$using:root/PSIpc.psd1"; Measure-EchoServer -Port $using:port -Count 500 } } |
            Receive-Job -Wait -AutoRemoveJob
        ($runs | Merge-EchoMeasurement).Exchanges | Should -Be 1000
        $server | Stop-EchoServer
    }
}

Describe 'The examples' {
    It 'first-steps prints the reply' {
        & ([Environment]::ProcessPath) -NoProfile -File "$root/examples/first-steps.ps1" | Should -Contain '>Socket Programming'
    }
}
