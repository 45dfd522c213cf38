<#
.SYNOPSIS
    Two processes share memory, and then talk over a socket.
.DESCRIPTION
    This process creates a segment, a second one writes into it, and this one reads. Then a second process starts an echo
    server, and this one sends it a message. Runs in psipc and in pwsh, and leaves nothing behind, also when it is interrupted.
.PARAMETER WriteTo
    For the second process: the key of the segment to write into.
.PARAMETER ServeOnce
    For the second process: to start a server, print its port, and serve one message.
#>
param([string] $WriteTo, [switch] $ServeOnce)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../PSIpc.psd1" }

if ($WriteTo) {
    Write-SharedMemory -Key $WriteTo -Value 'Linux Programming'
    return
}

if ($ServeOnce) {
    $server = Start-EchoServer -EchoMode Message
    $server.Port
    $null = $server | Receive-EchoMessage -Count 1
    $server | Stop-EchoServer
    return
}

# The second process is this same script, in whichever shell runs the first.
function Start-SecondProcess([string[]] $Arguments) {
    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath, [string[]] (@('-NoProfile', '-File', $PSCommandPath) + $Arguments))
    $start.RedirectStandardOutput = $true
    [Diagnostics.Process]::Start($start)
}

# A key of this run's own; programs that belong together agree on one, 1234 or ftok:PATH,PROJECT.
$key = '0x5eed{0:x4}' -f ($PID -band 0xffff)
try {
    $segment = New-SharedMemory -Key $key -Size 1024
    $writer = Start-SecondProcess '-WriteTo', $key
    $writer.WaitForExit()
    if ($writer.ExitCode -ne 0) { throw "The second process ended with exit code $($writer.ExitCode)." }

    $snapshot = $segment | Get-SharedMemory
    $snapshot
    "created by process $($snapshot.CreatorProcessId), last attached by process $($snapshot.LastProcessId)"
    "data read from shared memory : $($segment | Read-SharedMemory)"
}
finally {
    # Asked of the system and not of a variable: an interruption may come before the variable is set.
    Get-SharedMemory -Key $key -ErrorAction Ignore | Where-Object CreatorProcessId -EQ $PID | Remove-SharedMemory
}

$second = $null
try {
    $second = Start-SecondProcess '-ServeOnce'
    $port = [int] $second.StandardOutput.ReadLine()
    $reply = Send-EchoMessage -Message 'Socket Programming' -Port $port
    ">$($reply.Reply)"
    $second.WaitForExit()
}
finally {
    if ($second -and -not $second.HasExited) { $second.Kill() }
}
