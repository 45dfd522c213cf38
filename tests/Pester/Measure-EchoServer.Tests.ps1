#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Measure-EchoServer' {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'counts and checks every exchange' {
        $server = Start-EchoServer
        $measurement = Measure-EchoServer -Port $server.Port -Connection 8 -Count 1000
        "$($measurement.Exchanges) $($measurement.Connections) $($measurement.MessageBytes) $($measurement.ErrorCount)" |
            Should -BeExactly '1000 8 64 0'
        $measurement.P50 | Should -BeLessOrEqual $measurement.P99
        $measurement.P99 | Should -BeLessOrEqual $measurement.Max
        $measurement.Rate | Should -BeGreaterThan 0
    }

    It 'draws the distribution in 80 columns' {
        $server = Start-EchoServer
        $measurement = Measure-EchoServer -Port $server.Port -Connection 4 -Count 2000
        $measurement.Exchanges | Should -Be 2000
        $text = $measurement | Out-String -Width 80
        $text | Should -Match 'exchanges +2,000 \('
        $text | Should -Match 'p99\.9 '
        $text -split "`n" | ForEach-Object Length | Measure-Object -Maximum | ForEach-Object Maximum | Should -BeLessOrEqual 80
    }

    It 'fails with <id>: <command>' -ForEach @(
        @{ Command = { Measure-EchoServer -Port 0 }; Id = 'EchoPortInvalid' }
        @{ Command = { Measure-EchoServer -Endpoint tcp://localhost:70000 }; Id = 'EchoPortInvalid'; Words = , '70000' }
        @{ Command = { Start-EchoServer -EchoMode Message | Measure-EchoServer -Count 1 }; Id = 'EchoOptionInvalid'; Words = , 'Stream' }
        @{
            Command = { Measure-EchoServer -Port 7 -DurationSec ([double]::NaN) }
            Id = 'ParameterArgumentValidationError'
            Words = , 'DurationSec'
        }
    ) { Assert-Failure $command $id $words }
}
