#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

Describe 'A system without Unix sockets' -Skip:(-not ($IsLinux -and (Get-Command cc -ErrorAction Ignore))) {
    It 'fails with PlatformNotSupported in every cmdlet that uses one' {
        $root = Resolve-Path "$PSScriptRoot/../.."
        $program = Join-Path $TestDrive 'no_unix'
        cc -O2 -w -o $program "$root/tests/Peers/no_unix.c"
        $file = Join-Path $TestDrive 'missing.ps1'
        @"
Import-Module '$root/PSIpc.psd1'
foreach (`$where in @{ Path = '$TestDrive/x.sock' }, @{ PipeName = 'PSIpc-test-missing-$PID' }) {
    foreach (`$run in { Start-EchoServer @where }, { Send-EchoMessage x @where }, { Measure-EchoServer @where -Count 1 }) {
        try { & `$run; 'done' } catch { (`$_.FullyQualifiedErrorId -split ',')[0] }
    }
}
"@ | ForEach-Object { $_ -replace '@where', '@where -ErrorAction Stop' } | Set-Content $file
        $lines = & $program ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $file
        $lines | Should -Be (@('PlatformNotSupported') * 6)
    }
}
