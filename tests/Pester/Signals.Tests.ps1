#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    $hasCompiler = [bool] (Get-Command cc -ErrorAction Ignore)
}

BeforeAll {
    $root = Resolve-Path "$PSScriptRoot/../.."
    Import-Module "$root/PSIpc.psd1" -Force

    # Addresses of this run's own.
    $script:next = Get-Random -Maximum 0x10000
    function New-Key { '0x5c{0:x6}' -f ((($PID -band 0xffff) -shl 8) + ($script:next++ -band 0xff)) }

    # A second process whose output is read at its end; a started pwsh has the module.
    function Start-Peer([string] $File, [string[]] $Arguments) {
        $start = [Diagnostics.ProcessStartInfo]::new($File, $Arguments)
        $start.RedirectStandardOutput = $true
        [Diagnostics.Process]::Start($start)
    }
    function Start-Pwsh([string[]] $Arguments) { Start-Peer ([Environment]::ProcessPath) (@('-NoProfile', '-NonInteractive') + $Arguments) }
    function Wait-Peer($Process) {
        $output = $Process.StandardOutput.ReadToEnd()
        if (-not $Process.WaitForExit(60000)) { $Process.Kill(); throw "Process $($Process.Id) did not end." }
        $output
    }
    function Build-Peer([string] $Name) {
        $program = Join-Path $TestDrive $Name
        cc -O2 -o $program "$root/tests/Peers/$Name.c"
        if ($LASTEXITCODE) { throw "cc ended with $LASTEXITCODE" }
        $program
    }
}

Describe 'Wait-ProcessSignal' {
    It 'gives <_>, which ends nothing in pwsh' -ForEach 'Interrupt', 'Terminate', 'User1' {
        $process = Start-Pwsh '-Command', "Import-Module '$root/PSIpc.psd1'; 'begun'; `"got `$(Wait-ProcessSignal -Signal Interrupt, Terminate, User1 -TimeoutSec 60)`""
        $process.StandardOutput.ReadLine() | Should -Be 'begun'
        # The wait has begun when User1 is caught: the mask of caught signals says so.
        while (-not ([Convert]::ToUInt64(((Get-Content "/proc/$($process.Id)/status") -match '^SigCgt:').Split("`t")[-1], 16) -band 0x200)) {
            [Threading.Thread]::Sleep(10)
        }
        $process | Send-ProcessSignal -Signal $_
        Wait-Peer $process | Should -Match "got $_"
        $process.ExitCode | Should -Be 0
    }

    It 'ends with an error when the time is over' {
        { Wait-ProcessSignal -Signal User2 -TimeoutSec 0.1 -ErrorAction Stop } | Should -Throw -ErrorId 'WaitTimeout,*'
    }
}

Describe 'Send-ProcessSignal' {
    It 'takes what Get-Process gives' {
        $process = Start-Peer sleep 60
        Get-Process -Id $process.Id | Send-ProcessSignal -Signal Terminate
        $process.WaitForExit(60000) | Should -BeTrue
        $process.ExitCode | Should -Be 143
    }

    It 'lists the valid names' {
        { Send-ProcessSignal -Id $PID -Signal Nonsense } | Should -Throw -ExpectedMessage '*Interrupt (SIGINT, 2)*'
    }
}

Describe "The seed's two programs" {
    BeforeEach { $key = New-Key }
    AfterEach { Remove-SharedMemory -Key $key -ErrorAction Ignore }

    It 'the script creates, and the C program reads and tells it to remove' -Skip:(-not $hasCompiler) {
        $second = Build-Peer shared_memory2
        $first = Start-Pwsh '-File', "$root/examples/shared-memory-1.ps1", $key
        $null = Wait-SharedMemory -Key $key -TimeoutSec 60 | Wait-SharedMemory -Value 'Linux Programming' -TimeoutSec 60
        & $second $key | Should -Be 'data read from shared memory : Linux Programming'
        $null = Wait-Peer $first
        Get-SharedMemory -Key $key -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'the C program creates, and the script reads and tells it to remove' -Skip:(-not $hasCompiler) {
        $first = Start-Peer (Build-Peer shared_memory1) $key
        $first.StandardOutput.ReadLine() | Should -Be 'ready'
        & ([Environment]::ProcessPath) -NoProfile -File "$root/examples/shared-memory-2.ps1" $key | Should -Be 'data read from shared memory : Linux Programming'
        $null = Wait-Peer $first
        $first.ExitCode | Should -Be 0
        Get-SharedMemory -Key $key -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'the script tells the script' {
        $first = Start-Pwsh '-File', "$root/examples/shared-memory-1.ps1", $key
        $null = Wait-SharedMemory -Key $key -TimeoutSec 60 | Wait-SharedMemory -Value 'Linux Programming' -TimeoutSec 60
        & "$root/examples/shared-memory-2.ps1" $key | Should -Be 'data read from shared memory : Linux Programming'
        $null = Wait-Peer $first
        Get-SharedMemory -Key $key -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}
