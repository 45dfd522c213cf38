#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll {
    . "$PSScriptRoot/EchoSupport.ps1"

    # What the Tab key proposes at the end of a line.
    function Complete([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches }
    function Get-Text([string] $Line) { Complete $Line | ForEach-Object CompletionText }

    # Loads a struct from bytes, as Add-Type does, but without its compiler.
    function Import-Struct([string] $Namespace, [string] $Name) {
        $assembly = [Reflection.Emit.PersistedAssemblyBuilder]::new([Reflection.AssemblyName]::new($Namespace), [object].Assembly)
        $type = $assembly.DefineDynamicModule($Namespace).DefineType(
            "$Namespace.$Name", [Reflection.TypeAttributes] 'Public, Sealed, SequentialLayout', [ValueType])
        foreach ($field in 'X', 'Y') { $null = $type.DefineField($field, [int], 'Public') }
        $null = $type.CreateType()
        $stream = [IO.MemoryStream]::new()
        $assembly.Save($stream)
        $null = [Reflection.Assembly]::Load($stream.ToArray())
    }
}

Describe 'Completion' -Skip:(-not $IsLinux) {
    BeforeEach {
        . New-TestAddress
        . New-EchoTest
    }
    AfterEach {
        Clear-EchoTest
        Clear-TestAddress
    }

    It 'proposes a key with its description: <_>' -ForEach 'Read-SharedMemory ', 'Read-SharedMemory -Key ', 'Get-SharedMemory -Key 0x',
        'Remove-SharedMemory ' {
        $null = New-SharedMemory $key -Size 1KB -Mode 0640
        $found = @(Complete $_ | Where-Object CompletionText -EQ $key)
        $found | Should -HaveCount 1
        $found[0].ToolTip | Should -MatchExactly "^shmid \d+, 1 KB, 0640, \S+, 0 attached, creator $PID`$"
    }

    It 'finds a key by its decimal digits' {
        $null = New-SharedMemory $key -Size 8
        Get-Text "Wait-SharedMemory $([int] $key)" | Should -BeExactly $key
    }

    It 'proposes an ID and names' {
        $segment = New-SharedMemory $key -Size 8
        $null = New-SharedMemory -Name $name -Size 2KB
        $null = New-SharedMemory -Name "$name with 'quotes'" -Size 8
        Get-Text 'Lock-SharedMemory -Id ' | Should -Contain "$($segment.Id)"
        $found = Complete "Write-SharedMemory -Name $name"
        $found.CompletionText | Sort-Object | Should -BeExactly (@("'$name with ''quotes'''", $name) | Sort-Object)
        $found.ToolTip | Where-Object { $_.StartsWith('POSIX object, 2 KB, 0600') } | Should -HaveCount 1
        Get-Text "Read-SharedMemory -Name '$name" | Should -Contain $name
    }

    It 'proposes servers by ID, port, endpoint, pipe, and path' {
        $server = Start-EchoServer
        $pipe = Start-EchoServer -PipeName $name
        $null = Start-EchoServer -Path $path
        $found = @(Complete 'Stop-EchoServer ' | Where-Object CompletionText -EQ "$($server.Id)")
        $found | Should -HaveCount 1
        $found[0].ToolTip |
            Should -BeExactly "server $($server.Id) on tcp://127.0.0.1:$($server.Port): Stream, Listening, 0 connections"
        Get-Text 'Get-EchoServer -Id ' | Should -Contain "$($pipe.Id)"
        Get-Text 'Send-EchoMessage x -Port ' | Should -Contain "$($server.Port)"
        Get-Text 'Send-EchoMessage x -Endpoint tcp' | Should -Contain "tcp://127.0.0.1:$($server.Port)"
        Get-Text "Measure-EchoServer -PipeName $name" | Should -BeExactly $name
        Get-Text 'Send-EchoMessage x -Path ' | Should -Contain $path
    }

    It 'proposes words: <line>' -ForEach @(
        @{ Line = 'Send-ProcessSignal 1 Int'; Expected = 'Interrupt' }
        @{ Line = 'Wait-ProcessSignal -Signal termina'; Expected = 'TerminalInput TerminalOutput TerminalStop Terminate' }
        @{ Line = 'Start-EchoServer -EchoMode '; Expected = 'Message Stream' }
        @{ Line = 'Start-EchoServer -Fault Res'; Expected = '@{ ResetAfterBytes = 100 }' }
        @{ Line = 'Read-SharedMemory 1 -As Int3'; Expected = 'Int32' }
        @{ Line = 'Read-SharedMemory 1 -Encoding la'; Expected = 'latin1' }
        @{ Line = 'Send-EchoMessage x -Encoding bigendianu'; Expected = 'bigendianunicode bigendianutf32' }
        @{ Line = "Read-SharedMemory 1 -Layout 'int3"; Expected = "'int32_t " }
        @{ Line = "Read-SharedMemory 1 -Layout 'int32_t id; dou"; Expected = "'int32_t id; double " }
        @{ Line = "Read-SharedMemory 1 -Layout 'int32_t i"; Expected = '' }
    ) { (Get-Text $line) -join ' ' | Should -BeExactly $expected }

    It 'proposes a struct of the session as a layout' {
        Import-Struct PSIpcCompletionTests CompletedPoint
        $found = @(Complete 'Write-SharedMemory 1 -Layout CompletedP')[0]
        $found.CompletionText | Should -BeExactly 'PSIpcCompletionTests.CompletedPoint'
        $found.ToolTip | Should -BeExactly 'struct of 2 fields'
    }

    It 'finds a process by its name' {
        Get-Text "Send-ProcessSignal $((Get-Process -Id $PID).ProcessName)" | Should -Contain "$PID"
    }

    # One parameter for each completer, and in a thorough run every parameter.
    It 'does not fail for nonsense' {
        $parameters = foreach ($command in Get-Command -Module PSIpc) {
            foreach ($parameter in $command.Parameters.Values) {
                $completer = @($parameter.Attributes | Where-Object { $_ -is [Management.Automation.ArgumentCompleterAttribute] })[0].Type
                [pscustomobject] @{ Line = "$($command.Name) -$($parameter.Name) "; Completer = $completer }
            }
        }
        if ($env:PSIPC_TIER -notin 'ci', 'soak') {
            $parameters = $parameters | Where-Object Completer | Group-Object Completer | ForEach-Object { $_.Group[0] }
            $parameters | Should -Not -BeNullOrEmpty
        }
        foreach ($parameter in $parameters) {
            foreach ($word in '', "'", '"', '*', '-1', '0x', '$', 'ftok:', "''';{ ") { $null = Complete "$($parameter.Line)$word" }
        }
    }

    It 'does not fail when <_>Completer is asked without arguments' -ForEach 'Key', 'Shmid', 'SharedMemoryName', 'EchoServerId', 'EchoPort',
        'EchoEndpoint', 'EchoPipe', 'EchoPath', 'EchoFault', 'ProcessId', 'Encoding', 'Layout' {
        $completer = ("PSIpc.Commands.$($_)Completer" -as [type])::new()
        { $completer.CompleteArgument($null, $null, $null, $null, $null) } | Should -Not -Throw
    }
}
