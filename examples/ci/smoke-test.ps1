<#
.SYNOPSIS
    Runs every check, and fails the job with one readable line for each that failed.
.DESCRIPTION
    A check is a name and a script that throws. All of them run, so that one run of the job shows all that is broken; each
    failure says what is wrong and what to do about it. On GitHub Actions it is an annotation of the job as well.
    The exit code is 0, or 1 when a check failed.
.PARAMETER Key
    The key of the segment of service.c.
.PARAMETER Port
    The port of an echo server.
.EXAMPLE
    pwsh examples/ci/smoke-test.ps1 -Key 1234 -Port 7007
#>
param([string] $Key = 1234, [int] $Port = 7)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSIpc)) { Import-Module "$PSScriptRoot/../../PSIpc.psd1" }

$failed = 0
function Test-That([string] $Name, [scriptblock] $Check) {
    try {
        $null = & $Check
        "ok    $Name"
    }
    catch {
        $script:failed++
        $text = "$($_.Exception.Message) $($_.ErrorDetails.RecommendedAction)".Trim()
        "FAIL  ${Name}: $text"
        if ($env:GITHUB_ACTIONS) {
            # A workflow command is one line: GitHub reads these three back.
            $data = $text.Replace('%', '%25').Replace("`r", '%0D').Replace("`n", '%0A')
            "::error title=${Name}::$data"
        }
    }
}

Test-That 'the service is ready' {
    Wait-SharedMemory -Key $Key -TimeoutSec 5 | Wait-SharedMemory -Offset 4 -Value 1 -As Int32 -TimeoutSec 5
}
Test-That 'its segment is nobody else''s to write' {
    # The last two digits are those of the group and of others: 2, 3, 6, and 7 let them write.
    $mode = (Get-SharedMemory -Key $Key).Mode
    if ($mode -match '[2367].?$') { throw "Others may write: the mode is $mode." }
}
Test-That 'the server echoes' { Send-EchoMessage 'ping' -Port $Port -TimeoutSec 5 }

exit [int] ($failed -gt 0)
