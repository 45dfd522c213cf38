@{
    RootModule             = 'bin/PSIpc.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = '6d3b1c6e-5a0f-4b5e-9a53-0d7c6a2f4e11'
    Author                 = 'The PSIpc authors'
    CompanyName            = 'The PSIpc authors'
    Copyright              = '(c) The PSIpc authors. MIT License.'
    Description            = 'Inter-process communication for PowerShell: System V and POSIX shared memory, echo servers and clients, process signals, as pipeline cmdlets that talk to programs in any language.'
    PowerShellVersion      = '7.4'
    CompatiblePSEditions   = @('Core')
    FormatsToProcess       = @('bin/PSIpc.Format.ps1xml')
    # One list with commas: a line each without them is a statement each to the engine, and 5 ms of every import.
    CmdletsToExport        = @(
        'New-SharedMemory',
        'Get-SharedMemory',
        'Read-SharedMemory',
        'Write-SharedMemory',
        'Remove-SharedMemory',
        'Connect-SharedMemory',
        'Disconnect-SharedMemory',
        'Wait-SharedMemory',
        'Lock-SharedMemory',
        'Unlock-SharedMemory',
        'Get-SharedMemoryLimit',
        'Start-EchoServer',
        'Get-EchoServer',
        'Stop-EchoServer',
        'Send-EchoMessage',
        'Receive-EchoMessage',
        'Measure-EchoServer',
        'Merge-EchoMeasurement',
        'Send-ProcessSignal',
        'Wait-ProcessSignal'
    )
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()
    PrivateData            = @{
        PSData = @{
            Tags         = @('IPC', 'SharedMemory', 'SystemV', 'POSIX', 'shm', 'Echo', 'Socket', 'Signal', 'PSEdition_Core', 'Linux', 'MacOS', 'Windows')
            LicenseUri   = 'https://licenses.nuget.org/MIT'
            ReleaseNotes = 'The first release: shared memory, echo servers and clients, process signals. CHANGELOG.md has all of it.'
            Prerelease   = ''
        }
    }
}
