#!/bin/sh
# A job in plain shell, where there is no pwsh: sh starts and ends the program, psipc asks the questions.
# The first check that fails ends the job with its exit code; the program ends in any case, and leaves nothing.
#
#   examples/ci/job.sh PROGRAM [KEY]        PSIPC names psipc, where it is not on PATH
set -eu
recipes=$(dirname "$0")
psipc=${PSIPC:-psipc}
program=${1:?"usage: job.sh PROGRAM [KEY]"}
key=${2:-0x5c$(printf %06x $$)}

"$program" "$key" &
service=$!
end() {
    kill "$service" 2> /dev/null || true
    wait "$service" || true
    # What a crashed program left, and nothing that another made.
    "$psipc" -c "Get-SharedMemory | Where-Object CreatorProcessId -EQ $service | Remove-SharedMemory"
}
trap end EXIT

"$psipc" "$recipes/wait-for-segment.ps1" "$key" -TimeoutSec 10

# A question of a line or two needs no file; what the shell knows goes in by the environment, where nothing has to be quoted.
KEY=$key "$psipc" -c '
    $ErrorActionPreference = "Stop"
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
"$psipc" -c "exit [int] [bool] (Get-SharedMemory -Key $key -ErrorAction Ignore)" || {
    echo "the program ended and left its segment $key behind" >&2
    exit 1
}
echo "the program cleaned up"
