<#
.SYNOPSIS
    Two processes share memory, and then talk over a socket.
.DESCRIPTION
    This process creates a segment. A job, which is a second process, writes into it, and this process reads it. Then the job
    starts an echo server, and this process sends it a message. Nothing is left behind, also when you press Ctrl+C.
#>
$ErrorActionPreference = 'Stop'
$manifest = "$PSScriptRoot/../PSIpc.psd1"
if (-not (Get-Module PSIpc)) { Import-Module $manifest }

# Each run has a key of its own. Programs that belong together agree on a key, such as 1234 or ftok:PATH,PROJECT.
$key = '0x5eed{0:x4}' -f ($PID -band 0xffff)
$name = "first-steps-$PID"
try {
    $segment = New-SharedMemory -Key $key -Size 1024
    $null = Start-Job -Name $name {
        $ErrorActionPreference = 'Stop'
        Import-Module $using:manifest
        Write-SharedMemory -Key $using:key -Value 'Linux Programming'

        $server = Start-EchoServer -EchoMode Message
        # The server is received from when ForEach-Object begins, so this process can tell its port.
        Receive-EchoMessage -InputObject $server -Count 1 | ForEach-Object -Begin { $server.Port } -Process { }
        $server | Stop-EchoServer
    }

    # The job outputs its port when it has written the text and its server listens.
    $port = Receive-Job -Name $name -Wait | Select-Object -First 1
    $snapshot = $segment | Get-SharedMemory
    $snapshot
    "created by process $($snapshot.CreatorProcessId), last attached by process $($snapshot.LastProcessId)"
    "data read from shared memory : $($segment | Read-SharedMemory)"

    $reply = Send-EchoMessage -Message 'Socket Programming' -Port $port
    ">$($reply.Reply)"
    $null = Wait-Job -Name $name
}
finally {
    # The names are used, not the variables: Ctrl+C can stop the script before a variable is assigned.
    Remove-Job -Name $name -Force -ErrorAction Ignore
    Get-SharedMemory -Key $key -ErrorAction Ignore | Where-Object CreatorProcessId -EQ $PID | Remove-SharedMemory
}
