<#
.SYNOPSIS
    Builds, tests, and packs PSIpc.
.PARAMETER Task
    Build   Builds everything: the module in bin/, the tests and their pwsh, the bench.
    Demo    Builds the module and runs examples/first-steps.ps1: two processes share memory, and then talk over a socket.
    Test    Runs every suite, in the pwsh that comes with the build.
    Pack    Creates the packages in artifacts/package/: PSIpc for the PowerShell Gallery, and the library PSIpc.Core.
    Docs    Creates the file that Get-Help reads, en-US/PSIpc.dll-Help.xml, from docs/en-US/*.md with Microsoft.PowerShell.PlatyPS.
    Bench   Measures PSIpc beside its peers: a table of medians and ratios.
    Soak    Runs the suites of the library in their long form, the reliability suite for -Minutes minutes or a little more.
.PARAMETER Minutes
    How long Soak takes; what it promises at least (kills, cases, stops, operations) is done however short that is, in some twelve minutes on two cores.
.PARAMETER Quick
    Bench: small and short, whether everything runs.
.PARAMETER Write
    Bench: writes docs/benchmarks.md and its plots anew.
.PARAMETER InstallPeers
    Bench: installs the peers that are missing first (apt-get, root).
.EXAMPLE
    dotnet tool exec powershell -- build.ps1 -Task Demo
.EXAMPLE
    ./build.ps1 -Task Test
.EXAMPLE
    ./build.ps1 -Task Soak -Minutes 60
#>
#requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Demo', 'Test', 'Pack', 'Docs', 'Bench', 'Soak')]
    [string] $Task = 'Build',

    [ValidateRange(1, 10080)]
    [int] $Minutes = 10,

    [switch] $Quick,
    [switch] $Write,
    [switch] $InstallPeers
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Push-Location $PSScriptRoot
try {
    switch ($Task) {
        'Build' { dotnet build }
        'Demo' {
            'Building PSIpc. The first build can take a minute ...'
            dotnet build src/PSIpc -v quiet -nologo
            & examples/first-steps.ps1
        }
        'Test' { dotnet test }
        'Bench' {
            $arguments = @(if ($Quick) { '--quick' }; if ($Write) { '--write' }; if ($InstallPeers) { '--install' })
            dotnet run --project bench/PSIpc.Bench -- @arguments
        }
        'Soak' {
            dotnet build
            $env:PSIPC_TIER = 'soak'
            $env:PSIPC_SOAK_MINUTES = $Minutes
            try {
                & artifacts/bin/PSIpc.Core.Tests/release/PSIpc.Core.Tests
                & artifacts/bin/PSIpc.Reliability.Tests/release/PSIpc.Reliability.Tests -showLiveOutput
            }
            finally { $env:PSIPC_TIER = $env:PSIPC_SOAK_MINUTES = $null }
        }
        'Pack' {
            dotnet pack src/PSIpc.Core
            dotnet pack src/PSIpc
            Get-Item artifacts/package/*.nupkg
        }
        'Docs' { & docs/Export-Help.ps1 }
    }
}
finally {
    Pop-Location
}
