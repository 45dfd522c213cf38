<#
.SYNOPSIS
    Two processes share memory: this one creates a segment, a second one writes into it, this one reads.
.DESCRIPTION
    Runs in psipc and in pwsh, and leaves nothing behind, also when it is interrupted.
.PARAMETER WriteTo
    For the second process: the key of the segment to write into.
#>
param([string] $WriteTo)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../PSIpc.psd1" }

if ($WriteTo) {
    Write-SharedMemory -Key $WriteTo -Value 'Linux Programming'
    return
}

# A key of this run's own; programs that belong together agree on one, 1234 or ftok:PATH,PROJECT.
$key = '0x5eed{0:x4}' -f ($PID -band 0xffff)
try {
    $segment = New-SharedMemory -Key $key -Size 1024

    # The second process is this same script, in whichever shell runs the first.
    $writer = [Diagnostics.Process]::Start([Environment]::ProcessPath, [string[]] ('-NoProfile', '-File', $PSCommandPath, '-WriteTo', $key))
    $writer.WaitForExit()
    if ($writer.ExitCode -ne 0) { throw "The second process ended with exit code $($writer.ExitCode)." }

    $snapshot = $segment | Get-SharedMemory
    $snapshot
    "created by process $($snapshot.CreatorProcessId), last attached by process $($snapshot.LastProcessId)"
    "data read from shared memory : $($segment | Read-SharedMemory)"
}
finally {
    # What this process created, at whatever moment Ctrl+C came, and nothing else.
    Get-SharedMemory -Key $key -ErrorAction Ignore | Where-Object CreatorProcessId -EQ $PID | Remove-SharedMemory
}
