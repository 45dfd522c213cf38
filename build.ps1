#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packs PSIpc.
.PARAMETER Task
    Build   the module (bin/) and the command (artifacts/psipc/).
    Test    every suite, the Pester ones in this pwsh.
    Soak    the reliability suite in its long form, for -Minutes minutes or a little more.
    Pack    the PowerShell Gallery layout of the module in artifacts/package/PSIpc/.
.PARAMETER Minutes
    How long Soak takes; what it promises at least (kills, cases, stops, operations) is done however short that is.
.EXAMPLE
    ./build.ps1 -Task Test
.EXAMPLE
    ./build.ps1 -Task Soak -Minutes 60
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Soak', 'Pack')]
    [string] $Task = 'Build',

    [ValidateRange(1, 10080)]
    [int] $Minutes = 10
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
        'Soak' {
            dotnet build
            $env:PSIPC_SOAK_MINUTES = $Minutes
            try { & artifacts/bin/PSIpc.Reliability.Tests/release/PSIpc.Reliability.Tests -showLiveOutput }
            finally { $env:PSIPC_SOAK_MINUTES = $null }
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
