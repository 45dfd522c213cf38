<#
.SYNOPSIS
    Creates a segment, writes "Linux Programming" into it, waits for Ctrl+C or a signal, and removes it.
.DESCRIPTION
    The other side is shared-memory-2.ps1, or a C program that attaches to the same key and ends this script with
    kill(shm_cpid, SIGINT).
#>
param([string] $Key = 1234, [long] $Size = 1024)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../PSIpc.psd1" }

try {
    $null = New-SharedMemory -Key $Key -Size $Size -Mode 0666 -Value 'Linux Programming'
    "ended by $(Wait-ProcessSignal -Signal Interrupt, Terminate)"
}
finally {
    # What this process created, at whatever moment Ctrl+C came, and nothing else.
    Get-SharedMemory -Key $Key -ErrorAction Ignore | Where-Object CreatorProcessId -EQ $PID | Remove-SharedMemory
}
