<#
.SYNOPSIS
    Runs the commands of the readme's transcript one after the other, and shows each with what it gives.
.EXAMPLE
    pwsh examples/tour.ps1
#>
$commands = @(
    '$server = Start-EchoServer'
    'Send-EchoMessage ''hello'' -Server $server'
    '(Measure-EchoServer -Server $server -Connection 8 -Count 5000).ErrorCount'
    'Get-EchoServer'
    '$null = New-SharedMemory -Key 0x51c0ffee -Size 1KB'
    '$layout = ''int32_t id; double value; char name[32];'''
    'Write-SharedMemory 0x51c0ffee -Layout $layout -Value @{ id = 7; value = 1.5; name = ''pump'' }'
    'Read-SharedMemory 0x51c0ffee -Layout $layout'
    'Get-SharedMemory 0x51c0ffee'
    'Remove-SharedMemory 0x51c0ffee'
    '$server | Stop-EchoServer'
)

foreach ($command in $commands) {
    "PS> $command" | Out-Default
    . ([scriptblock]::Create($command)) 2>&1 | Out-Default
}
