#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packs PSIpc.
.PARAMETER Task
    Build   the module (bin/) and the command (artifacts/psipc/).
    Test    every suite, the Pester ones in this pwsh.
    Pack    the PowerShell Gallery layout of the module in artifacts/package/PSIpc/.
.EXAMPLE
    ./build.ps1 -Task Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pack')]
    [string] $Task = 'Build'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Push-Location $PSScriptRoot
try {
    switch ($Task) {
        'Build' { dotnet build }
        'Test' {
            if (-not $env:PSIPC_PWSH) { $env:PSIPC_PWSH = [Environment]::ProcessPath }
            dotnet test
        }
        'Pack' {
            dotnet build src/PSIpc/PSIpc.csproj
            $package = 'artifacts/package/PSIpc'
            if (Test-Path $package) { Remove-Item $package -Recurse }
            $null = New-Item $package -ItemType Directory
            Copy-Item PSIpc.psd1, LICENSE, README.md, CHANGELOG.md $package
            Copy-Item bin $package -Recurse
            Get-Item $package
        }
    }
}
finally {
    Pop-Location
}
