<#
.SYNOPSIS
    Runs Pester files and writes one line of JSON for each It block.
.PARAMETER Path
    Specifies the files.
.PARAMETER PesterVersion
    Specifies the version of Pester. The default is the newest one.
#>
param([Parameter(Mandatory)] [string[]] $Path, [version] $PesterVersion)


$version = if ($PesterVersion) { @{ RequiredVersion = $PesterVersion } } else { @{ MinimumVersion = '6.0' } }
Import-Module Pester @version
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'None'
$run = Invoke-Pester -Configuration $configuration

# The frames of Pester itself say nothing.
function Format-Failure($Block) {
    ($Block.ErrorRecord | ForEach-Object { "$_"; $_.ScriptStackTrace -split "`n" -notmatch '[\\/]Pester\.(psm1|ScriptScope\.ps1): ' }) -join "`n"
}

# A container or a block that fails outside an It has no result of its own in the list of tests.
$failures = @($run.Containers) + @($run.FailedBlocks) | Where-Object { $_.ErrorRecord } | ForEach-Object {
    [ordered] @{ File = Split-Path -Leaf ($_.BlockContainer.Item ?? $_.Item); Name = "$($_.ExpandedPath ?? $_.Item)"; Result = 'Failed'; Message = Format-Failure $_ }
}
$results = foreach ($test in $run.Tests) {
    $message = switch ($test.Result) {
        'Failed' { Format-Failure $test }
        'Skipped' { if ($test.ErrorRecord) { "$($test.ErrorRecord)" } else { 'The test is skipped on this system.' } }
    }
    [ordered] @{ File = Split-Path -Leaf $test.ScriptBlock.File; Name = $test.ExpandedPath; Result = "$($test.Result)"; Message = "$message" }
}
foreach ($result in @($failures) + @($results)) {
    if ($result) { [Console]::Out.WriteLine('RESULT ' + (ConvertTo-Json $result -Compress)) }
}
