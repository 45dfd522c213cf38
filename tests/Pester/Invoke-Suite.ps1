<#
.SYNOPSIS
    Runs Pester files and writes one line of JSON for each It block.
.PARAMETER Path
    Specifies the files.
.PARAMETER PesterVersion
    Specifies the version of Pester. The default is the newest one.
#>
param([Parameter(Mandatory)] [string[]] $Path, [version] $PesterVersion)

$ErrorActionPreference = 'Stop'
$version = if ($PesterVersion) { @{ RequiredVersion = $PesterVersion } } else { @{} }
Import-Module Pester @version
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'None'
$run = Invoke-Pester -Configuration $configuration

function Format-Failure($Block) { ($Block.ErrorRecord | ForEach-Object { "$_`n$($_.ScriptStackTrace)" }) -join "`n" }

# A container or a block that fails outside an It has no result of its own in the list of tests.
$failures = @($run.Containers) + @($run.FailedBlocks) | Where-Object { $_.ErrorRecord } | ForEach-Object {
    [ordered] @{ File = Split-Path -Leaf $_.BlockContainer.Item ?? $_.Item; Name = "$($_.ExpandedPath ?? $_.Item)"; Result = 'Failed'; Message = Format-Failure $_ }
}
$results = $run.Tests | ForEach-Object {
    $message = switch ("$($_.Result)") {
        'Failed' { Format-Failure $_ }
        'Skipped' { "$($_.ErrorRecord)" }
    }
    [ordered] @{ File = Split-Path -Leaf $_.ScriptBlock.File; Name = $_.ExpandedPath; Result = "$($_.Result)"; Message = "$message" }
}
foreach ($result in @($failures) + @($results)) {
    if ($result) { [Console]::Out.WriteLine('RESULT ' + (ConvertTo-Json $result -Compress)) }
}
