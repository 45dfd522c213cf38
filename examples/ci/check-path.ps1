<#
.SYNOPSIS
    Checks that bytes pass a proxy or a firewall in both directions.
.DESCRIPTION
    Sends a message that takes many packets to the front of the path and wants the same bytes back, within a time: a firewall
    that drops is found as one that refuses, and so is a proxy that passes the first packet alone. The exit code is 0, or 1.
.PARAMETER Port
    The port of the front: what clients connect to.
.PARAMETER Address
    The address of the front.
.PARAMETER BackPort
    The port that the path leads to, when that is on this machine: an echo server listens there during the check. Without it,
    one must be at the other end, started by Start-EchoServer, socat or inetd.
.PARAMETER TimeoutSec
    How long to connect, and how long to wait for the whole echo, in seconds.
.EXAMPLE
    pwsh examples/ci/check-path.ps1 -Address proxy -Port 8080 -TimeoutSec 5
.EXAMPLE
    pwsh examples/ci/check-path.ps1 -Port 8080 -BackPort 9000
#>
param(
    [Parameter(Mandatory)] [int] $Port,
    [string] $Address = '127.0.0.1',
    [int] $BackPort,
    [double] $TimeoutSec = 10
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../../PSIpc.psd1" }

$server = if ($BackPort) { Start-EchoServer -Port $BackPort }
try {
    $passes = Send-EchoMessage -MessageBytes 256KB -Address $Address -Port $Port -ConnectTimeoutSec $TimeoutSec -TimeoutSec $TimeoutSec -Quiet
}
finally {
    if ($server) { $server | Stop-EchoServer -DrainTimeoutSec 0 }
}

if (-not $passes) {
    $reached = if ($server) { "; the server behind it saw $($server.TotalConnections) connections and $($server.BytesReceived) bytes" }
    [Console]::Error.WriteLine("${Address}:$Port does not pass 256 KB there and back within $TimeoutSec s$reached.")
    exit 1
}

"${Address}:$Port passes 256 KB there and back"
