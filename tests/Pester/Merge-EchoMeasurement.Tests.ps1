#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll { . "$PSScriptRoot/TestSupport.ps1" }

Describe 'Merge-EchoMeasurement' {
    BeforeEach { . New-TestAddress }
    AfterEach { Clear-TestAddress }

    It 'adds measurements and their copies' {
        $server = Start-EchoServer
        $measurement = Measure-EchoServer -Port $server.Port -Connection 8 -Count 1000
        ($measurement, $measurement | Merge-EchoMeasurement).Exchanges | Should -Be 2000
        $copy = ConvertTo-Deserialized $measurement
        ($measurement, $copy | Merge-EchoMeasurement).Exchanges | Should -Be 2000
    }

    It 'adds runs of another process' {
        $port = (Start-EchoServer).Port
        $job = Start-Job -Name $name -InitializationScript $import {
            1..2 | ForEach-Object { Measure-EchoServer -Port $using:port -Count 500 }
        }
        ($job | Receive-Job -Wait | Merge-EchoMeasurement).Exchanges | Should -Be 1000
    }

    It 'fails for an empty pipeline and for other objects' {
        Assert-Failure { @() | Merge-EchoMeasurement } EchoMeasurementInvalid 'no measurement'
        Assert-Failure { Merge-EchoMeasurement 1 } EchoMeasurementInvalid 'System.Int32'
    }
}
