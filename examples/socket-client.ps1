<#
.SYNOPSIS
    Reads a line, sends it, half-closes, collects the reply until its end and prints it after '>'.
.PARAMETER Port
    The server's port.
#>
param([int] $Port = 8080)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../PSIpc.psd1" }

$reply = Send-EchoMessage -Message ([Console]::In.ReadLine()) -Port $Port
">$($reply.Reply)"
