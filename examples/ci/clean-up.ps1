<#
.SYNOPSIS
    Removes the shared memory that crashed jobs left behind, and says what it was.
.DESCRIPTION
    Segments and POSIX objects outlive the process that made them. Removed is what belongs to this user, what nobody uses any
    more, and what was last touched some time ago: a job on the same machine may be about to use what is younger. A lock that a
    crashed process held needs no clean-up: the kernel has given it back. The exit code is 0, or 1 when something could not be removed.
.PARAMETER MinimumAge
    How long it must have been left alone, in seconds or as a time span. The default is an hour.
.EXAMPLE
    pwsh examples/ci/clean-up.ps1 -WhatIf
.EXAMPLE
    pwsh examples/ci/clean-up.ps1 -MinimumAge 600
#>
[CmdletBinding(SupportsShouldProcess)]
param($MinimumAge = 3600)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../../PSIpc.psd1" }

$left = @(Get-SharedMemory -Orphan -Mine -MinimumAge $MinimumAge)
$failed = 0
foreach ($memory in $left) {
    $name = if ($memory.Kind -eq 'SystemV') { 'key 0x{0:x8}, id {1}' -f $memory.Key, $memory.Id } else { $memory.Name }
    if (-not $PSCmdlet.ShouldProcess($name, 'Remove')) { continue }
    try {
        $memory | Remove-SharedMemory -Confirm:$false
        "removed $name, $($memory.Size) bytes, last changed $($memory.ChangeTime.ToString('s'))"
    }
    catch {
        $failed++
        [Console]::Error.WriteLine("not removed: ${name}: $($_.Exception.Message)")
    }
}

"$($left.Count) left behind"
exit [int] ($failed -gt 0)
