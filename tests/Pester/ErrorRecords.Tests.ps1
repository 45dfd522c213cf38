#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../PSIpc.psd1"
    $reasons = [PSIpc.IpcErrorReason].GetEnumNames()
}

BeforeAll {
    . "$PSScriptRoot/TestSupport.ps1"
    $create = [PSIpc.Commands.IpcCommand].Assembly.GetType('PSIpc.Commands.ErrorRecords').GetMethod('Create', [Reflection.BindingFlags] 'Static, NonPublic')
}

Describe 'The error record' {
    It 'of <_> has its ID and a category' -ForEach $reasons {
        $exception = [PSIpc.IpcException]::new([PSIpc.IpcErrorReason] $_, 'What happened.')
        $record = $create.Invoke($null, @($exception, 'target'))
        $record.FullyQualifiedErrorId | Should -BeExactly $_
        $record.Exception.Message | Should -BeExactly 'What happened.'
        if ($_ -ne 'NativeError') { $record.CategoryInfo.Category | Should -Not -Be ([Management.Automation.ErrorCategory]::NotSpecified) }

        # The message of these says what to do, because that depends on the option or the peer.
        if ($_ -notin 'NativeError', 'EchoOptionInvalid', 'EchoConnectionReset') {
            $record.ErrorDetails.RecommendedAction | Should -Match '^[A-Z].*\.$'
        }
    }
}
