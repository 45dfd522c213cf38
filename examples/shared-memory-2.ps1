<#
.SYNOPSIS
    Reads the text of shared-memory-1.ps1, or of a C program with the same key, and tells its creator to end.
#>
param([string] $Key = 1234)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../PSIpc.psd1" }

"data read from shared memory : $(Read-SharedMemory -Key $Key)"
Get-SharedMemory -Key $Key | Send-ProcessSignal -Signal Interrupt
