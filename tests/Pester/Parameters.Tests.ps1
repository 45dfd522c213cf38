#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

# Every parameter of every cmdlet, found by reflection: a new one is tested without a change here.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../PSIpc.psd1" -Force
    $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
    $parameters = foreach ($command in Get-Command -Module PSIpc -CommandType Cmdlet) {
        # A switch follows PowerShell's rule that null is false.
        foreach ($parameter in $command.Parameters.Values | Where-Object { $_.Name -notin $common -and -not $_.SwitchParameter }) {
            @{ Command = $command.Name; Parameter = $parameter.Name }
        }
    }
    $durations = $parameters | Where-Object Parameter -Match 'TimeoutSec$|^DurationSec$|^MinimumAge$'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../PSIpc.psd1" -Force
    $server = Start-EchoServer

    # The parameters without which the cmdlet would not run, and -WhatIf where it exists.
    function Get-Argument([string] $Command, [string] $Parameter) {
        $info = Get-Command $Command
        $arguments = @{}
        if ($info.Parameters.ContainsKey('WhatIf')) { $arguments.WhatIf = $true }
        $set = @($info.ParameterSets | Where-Object { $_.Parameters.Name -contains $Parameter } | Sort-Object IsDefault -Descending)[0]
        foreach ($mandatory in $set.Parameters | Where-Object { $_.IsMandatory -and $_.Name -ne $Parameter }) {
            $arguments[$mandatory.Name] = switch ($mandatory.Name) {
                'Private' { $true }
                'Server' { $server }
                'InputObject' { $server }
                'Signal' { 'Interrupt' }
                { $_ -in 'Id', 'Size' } { 1 }
                default { 'x' }
            }
        }
        $arguments
    }
}

AfterAll { $server | Stop-EchoServer }

Describe 'Null' {
    It 'is refused by <Command> -<Parameter>' -ForEach $parameters {
        $arguments = Get-Argument $Command $Parameter
        $arguments[$Parameter] = $null
        $servers = @(Get-EchoServer).Count
        # Null has a meaning of its own for the values: no text, no bytes, and no number.
        $id = if ($Parameter -in 'Value', 'Message' -and $Command -ne 'New-SharedMemory') { '^(SharedMemoryValueUnsupported|EchoOptionInvalid),' }
        else { '^(ParameterArgumentTransformationError|ParameterArgumentValidationError\w*),' }
        try { & $Command @arguments -ErrorAction Stop; $found = 'nothing' } catch { $found = $_.FullyQualifiedErrorId }
        $found | Should -Match $id
        @(Get-EchoServer).Count | Should -Be $servers
    }

    It 'is refused in a list of IDs' { { Get-SharedMemory -Id @($null) -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*' }
}

Describe 'A duration' {
    It 'of <Command> -<Parameter> is in seconds and not negative' -ForEach $durations {
        $arguments = Get-Argument $Command $Parameter
        $type = (Get-Command $Command).Parameters[$Parameter].ParameterType
        $type | Should -BeIn ([double], [Nullable[double]], [timespan])
        foreach ($bad in -0.4, [double]::NaN) {
            $arguments[$Parameter] = $bad
            { & $Command @arguments -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterArgument*,*' -Because "$bad is not a duration"
        }
    }
}
