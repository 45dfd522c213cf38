#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    $hasNamespaces = $IsLinux -and [Environment]::IsPrivilegedProcess -and (Get-Command unshare, cc, mount -ErrorAction Ignore).Count -eq 3
}

BeforeAll {
    $root = Resolve-Path "$PSScriptRoot/../.."
    Import-Module "$root/PSIpc.psd1" -Force

    # A pwsh in PID and IPC namespaces of its own, where an ID can be given to a process; the lines that its script writes.
    function Invoke-InNamespace([string] $Script) {
        $program = Join-Path $TestDrive 'identity'
        cc -O2 -pthread -w -o $program "$root/tests/Peers/identity.c"
        $file = Join-Path $TestDrive 'namespace.ps1'
        $begin = @"
Import-Module '$root/PSIpc.psd1'
`$program = '$program'
"@ + @'

function Start-Creator([string] $Key) {
    $start = [Diagnostics.ProcessStartInfo]::new($program, [string[]] ('create', $Key))
    $start.RedirectStandardOutput = $start.RedirectStandardInput = $true
    $process = [Diagnostics.Process]::Start($start)
    $null = $process.StandardOutput.ReadLine()
    $process
}
function Get-Refusal($InputObject) {
    try { $InputObject | Send-ProcessSignal -Signal Kill -ErrorAction Stop; 'sent' }
    catch { ($_.FullyQualifiedErrorId -split ',')[0] }
}

'@
        Set-Content $file ($begin + $Script)
        unshare --pid --fork --kill-child --mount --mount-proc --ipc ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $file
    }
}

Describe 'Send-ProcessSignal to a creator' -Skip:(-not $hasNamespaces) {
    It 'spares a process that got the ID, also after IPC_SET' {
        $lines = Invoke-InNamespace @'
$creator = Start-Creator 0x51
$old = Get-SharedMemory -Key 0x51
$creator.Kill(); $creator.WaitForExit()
"dead: $((Get-SharedMemory -Key 0x51).CreatorAlive)"

# Later than the change time, which is a whole second.
Start-Sleep 1.5
$innocent = & $program take $old.CreatorProcessId
"reused: $($innocent -eq $old.CreatorProcessId)"
"old: $(Get-Refusal $old)"
"copy: $(Get-Refusal ([Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($old))))"
$fresh = Get-SharedMemory -Key 0x51
"fresh: $($null -eq $fresh.CreatorAlive) $(Get-Refusal $fresh)"
"orphans: $(@(Get-SharedMemory -Orphan -WarningAction Ignore | Where-Object Key -EQ 0x51).Count)"
Start-Sleep 1.5
& $program set $old.Id
$fresh = Get-SharedMemory -Key 0x51
"after IPC_SET: $($fresh.CreatorAlive) $(Get-Refusal $fresh)"
"lives: $(Test-Path "/proc/$innocent")"
Remove-SharedMemory -Key 0x51
'@
        $lines | Should -Be @(
            'dead: False', 'reused: True', 'old: ProcessNotFound', 'copy: ProcessNotFound', 'fresh: True ProcessCreatorUncertain',
            'orphans: 0', 'after IPC_SET: True ProcessCreatorUncertain', 'lives: True')
    }

    It 'reaches the creator, and its copy does' {
        $lines = Invoke-InNamespace @'
foreach ($copied in $false, $true) {
    $creator = Start-Creator 0x52
    $segment = Get-SharedMemory -Key 0x52
    if ($copied) { $segment = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($segment)) }
    "$(Get-Refusal $segment)"
    $null = $creator.WaitForExit(60000)
    $creator.ExitCode
    Remove-SharedMemory -Key 0x52
}
'@
        $lines | Should -Be 'sent', '137', 'sent', '137'
    }

    It 'calls no running creator dead and nothing in use an orphan when the boot time moves' {
        $lines = Invoke-InNamespace @'
$creator = Start-Creator 0x53
$name = "PSIpc-test-boot-$(Get-Random)"
$null = New-SharedMemory -Name $name -Size 8
$view = Connect-SharedMemory -Name $name
$stat = [IO.Path]::GetTempFileName()
$lines = Get-Content /proc/stat
foreach ($seconds in 5, -5, 86400, -86400) {
    $lines -replace '^btime (\d+)', { "btime $([long] $_.Groups[1].Value + $seconds)" } | Set-Content $stat
    mount --bind $stat /proc/stat
    $moved = Compare-Object (@($lines) -match '^btime') (@(Get-Content /proc/stat) -match '^btime')
    "$($moved.Count) $((Get-SharedMemory -Key 0x53).CreatorAlive) $(@(Get-SharedMemory -Orphan -WarningAction Ignore | Where-Object { $_.Key -eq 0x53 -or $_.Name -eq $name }).Count)"
    umount /proc/stat
}
Remove-Item $stat
$view | Disconnect-SharedMemory
Remove-SharedMemory -Name $name
Remove-SharedMemory -Key 0x53
$creator.Kill()
'@
        $lines | Should -Be '2 True 0', '2 True 0', '2 True 0', '2 True 0'
    }
}

Describe 'Send-ProcessSignal' -Skip:$IsWindows {
    It 'recommends -Id when a row does not show that the process is the creator' {
        { [pscustomobject] @{ CreatorProcessId = $PID } | Send-ProcessSignal -Signal WindowChange -ErrorAction Stop } |
            Should -Throw -ErrorId 'ProcessCreatorUncertain,*'
        $Error[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Id*'
    }

    It 'refuses a copy of a process whose ID another process has' {
        $copy = Get-Process -Id $PID | Select-Object Id, @{ Name = 'StartTime'; Expression = { $_.StartTime.AddMinutes(-1) } }
        { $copy | Send-ProcessSignal -Signal WindowChange -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*' -ExpectedMessage '*another process*'
    }
}
