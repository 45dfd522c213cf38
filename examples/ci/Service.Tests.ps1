<#
.SYNOPSIS
    Checks a C program, service.c, through its shared memory.
.DESCRIPTION
    The program is started as it is, without a line for the test in it; Pester writes its requests and reads its answers.
.PARAMETER Program
    The program.
.EXAMPLE
    cc -o service examples/ci/service.c
    Invoke-Pester -CI -Container (New-PesterContainer -Path examples/ci/Service.Tests.ps1 -Data @{ Program = './service' })
#>
#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }
param([Parameter(Mandatory)] [string] $Program)

BeforeAll {
    if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../../PSIpc.psd1" }

    # Of this process alone, so that jobs may run side by side.
    $key = '0x5c{0:x6}' -f ($PID -band 0xffffff)
    $layout = 'uint32_t version; int32_t state; int32_t left, right; int64_t sum; char build[16];'
    $service = [Diagnostics.Process]::Start((Resolve-Path $Program).Path, $key)
    $view = Wait-SharedMemory -Key $key -TimeoutSec 10 -ErrorAction Stop | Connect-SharedMemory
}

AfterAll {
    if ($view) { $view | Disconnect-SharedMemory }
    if (-not $service.HasExited) { $service.Kill(); $service.WaitForExit() }
    # A program that was killed cannot remove its segment.
    Get-SharedMemory | Where-Object CreatorProcessId -EQ $service.Id | Remove-SharedMemory
}

Describe 'service' {
    BeforeEach {
        $null = $view | Wait-SharedMemory -Layout $layout -Value @{ state = 1 } -TimeoutSec 10 -ErrorAction Stop
    }

    It 'says what it is' {
        $record = $view | Read-SharedMemory -Layout $layout
        $record.version | Should -Be 1
        $record.build | Should -Match '^\d+\.\d+\.\d+$'
    }

    It 'keeps others from writing' {
        (Get-SharedMemory -Key $key).Mode | Should -Match '[0145][0145]$'
    }

    It 'adds <left> and <right>' -ForEach @(
        @{ left = 1; right = 2; sum = 3 }
        @{ left = -5; right = 5; sum = 0 }
        @{ left = [int]::MaxValue; right = 1; sum = 2147483648 }
    ) {
        $view | Write-SharedMemory -Layout $layout -Value @{ left = $left; right = $right }
        # Last, because the service may look at any time: the state says that the rest is there.
        $view | Write-SharedMemory -Layout $layout -Value @{ state = 2 }
        $null = $view | Wait-SharedMemory -Layout $layout -Value @{ state = 1 } -TimeoutSec 10 -ErrorAction Stop
        ($view | Read-SharedMemory -Layout $layout).sum | Should -Be $sum
    }

    It 'ends on SIGTERM, and removes its segment' {
        $service | Send-ProcessSignal -Signal Terminate
        $service.WaitForExit(10000) | Should -BeTrue
        $service.ExitCode | Should -Be 0
        $view | Disconnect-SharedMemory
        Get-SharedMemory -Key $key -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}
