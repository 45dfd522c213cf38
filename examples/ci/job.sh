#!/bin/sh
# A job in plain shell: the shell starts and ends the program, and pwsh checks it.
# The first check that fails ends the job with its exit code. The program ends in any case, and leaves nothing.
#
#   examples/ci/job.sh PROGRAM [KEY]        PWSH names pwsh where it is not on PATH
set -eu
recipes=$(dirname "$0")
program=${1:?"usage: job.sh PROGRAM [KEY]"}
key=${2:-0x5c$(printf %06x $$)}

# A question of a line or two needs no file. The key goes in by the environment, where nothing has to be quoted.
ask() {
    KEY=$key MODULE=$recipes/../../PSIpc.psd1 "${PWSH:-pwsh}" -NoProfile -Command '
        $ErrorActionPreference = "Stop"
        Import-Module $env:MODULE
        '"$1"
}

"$program" "$key" &
service=$!
end() {
    kill "$service" 2> /dev/null || true
    wait "$service" || true
    # What the program left when it crashed, and nothing that another program created.
    ask "Get-SharedMemory | Where-Object CreatorProcessId -EQ $service | Remove-SharedMemory"
}
trap end EXIT

"${PWSH:-pwsh}" -NoProfile "$recipes/wait-for-segment.ps1" "$key" -TimeoutSec 10

ask '
    $layout = "uint32_t version; int32_t state; int32_t left, right; int64_t sum; char build[16];"
    Write-SharedMemory -Key $env:KEY -Layout $layout -Value @{ left = 40; right = 2 }
    Write-SharedMemory -Key $env:KEY -Layout $layout -Value @{ state = 2 }
    $null = Wait-SharedMemory -Key $env:KEY -Layout $layout -Value @{ state = 1 } -TimeoutSec 10
    $sum = (Read-SharedMemory -Key $env:KEY -Layout $layout).sum
    if ($sum -ne 42) { [Console]::Error.WriteLine("40 + 2 gave $sum"); exit 1 }
    "40 + 2 gave $sum"
'

kill "$service"
wait "$service"
ask 'exit [int] [bool] (Get-SharedMemory -Key $env:KEY -ErrorAction Ignore)' || {
    echo "the program ended and left its segment $key behind" >&2
    exit 1
}
echo "the program cleaned up"
