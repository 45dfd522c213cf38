<#
.SYNOPSIS
    Collects what each client sends until its half-close, prints it after '>', and sends it all back.
.PARAMETER Port
    The port; 0 for any free one.
.PARAMETER Count
    How many messages to serve; without it, until Ctrl+C.
#>
param([int] $Port = 8080, [long] $Count = [long]::MaxValue)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../PSIpc.psd1" }

$server = Start-EchoServer -Port $Port -EchoMode Message -Backlog 16
try {
    Receive-EchoMessage -InputObject $server -Count $Count |
        ForEach-Object -Begin { "listening on port $($server.Port)" } -Process { ">$($_.Text)" }
}
finally {
    $server | Stop-EchoServer
}
