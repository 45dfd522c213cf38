#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packs PSIpc.
.PARAMETER Task
    Build   the module (bin/) and the command (artifacts/psipc/).
    Test    every suite, the Pester ones in this pwsh.
    Pack    the PowerShell Gallery layout of the module in artifacts/package/PSIpc/.
    Bench   PSIpc beside its peers, see docs/benchmarks.md.
.PARAMETER Quick
    Bench: small and short, whether everything runs.
.PARAMETER Write
    Bench: writes docs/benchmarks.md and its plots anew.
.PARAMETER InstallPeers
    Bench: installs the peers that are missing first (apt-get, root).
.EXAMPLE
    ./build.ps1 -Task Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pack', 'Bench')]
    [string] $Task = 'Build',
    [switch] $Quick,
    [switch] $Write,
    [switch] $InstallPeers
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Push-Location $PSScriptRoot
try {
    if (-not $env:PSIPC_PWSH) { $env:PSIPC_PWSH = [Environment]::ProcessPath }
    switch ($Task) {
        'Build' { dotnet build }
        'Test' { dotnet test }
        'Bench' {
            $arguments = @(if ($Quick) { '--quick' }; if ($Write) { '--write' }; if ($InstallPeers) { '--install' })
            dotnet run --project bench/PSIpc.Bench -- @arguments
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
