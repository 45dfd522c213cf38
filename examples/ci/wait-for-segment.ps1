<#
.SYNOPSIS
    Waits for a service's segment until it says that it is ready, and checks the struct in it.
.DESCRIPTION
    The struct is that of service.c. Exit code 0, and one line with what the service is; or 1, and an error that says what was
    waited for: no segment, a service that does not get ready, or one of another version.
.PARAMETER Key
    The segment's key, as ipcs shows it or in decimal.
.PARAMETER Version
    The version of the struct that this job was written for.
.PARAMETER TimeoutSec
    How long the segment may take to be there, and then to be ready, in seconds.
.EXAMPLE
    ./service 1234 & pwsh examples/ci/wait-for-segment.ps1 1234 -TimeoutSec 10
#>
param([string] $Key = 1234, [uint32] $Version = 1, [double] $TimeoutSec = 30)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../../PSIpc.psd1" }

# As in the header; READY is 1.
$layout = 'struct service { uint32_t version; int32_t state; int32_t left, right; int64_t sum; char build[16]; };'

$segment = Wait-SharedMemory -Key $Key -TimeoutSec $TimeoutSec
$null = $segment | Wait-SharedMemory -Layout $layout -Value @{ state = 1 } -TimeoutSec $TimeoutSec
$service = $segment | Read-SharedMemory -Layout $layout
if ($service.version -ne $Version) {
    throw "The service's struct is version $($service.version), and this job knows version $Version."
}

"ready: build $($service.build), process $($segment.CreatorProcessId)"
