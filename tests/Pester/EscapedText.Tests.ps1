#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery { $skip = -not $IsLinux }

BeforeAll {
    Import-Module "$PSScriptRoot/../../PSIpc.psd1" -Force
    # A terminal obeys ESC and BEL, a reader is deceived by U+202E, and a newline forges a row.
    $attack = "`e]0;owned`a$([char] 0x202e)x`n"
    $shown = '`e]0;owned`a`u{202e}x`n'
    function Get-RawCharacter([string[]] $Text) {
        # The colors of the host are its own.
        @(($Text -join '') -replace "`e\[[0-9;]*m" | Select-String "[`e`a$([char] 0x202e)]" -AllMatches | ForEach-Object Matches).Count
    }
}

Describe 'A name of an object that a terminal would obey' -Skip:$skip {
    BeforeAll {
        $name = "PSIpc-test-$PID-$attack"
        [IO.File]::WriteAllText("/dev/shm/$name", 'data')
    }
    AfterAll { [IO.File]::Delete("/dev/shm/$name") }

    It 'is escaped in <_>' -ForEach @(
        '$found | Format-Table -AutoSize | Out-String -Width 300'
        '$found | Format-List | Out-String'
        '"$found"'
        '$view = Connect-SharedMemory -Name $name; try { "$view"; $view | Format-Table | Out-String -Width 300; $view | Format-List | Out-String } finally { Disconnect-SharedMemory $view }'
        '$lock = Lock-SharedMemory -Name $name -PassThru; try { $lock | Format-Table -AutoSize | Out-String -Width 300; $lock | Format-List | Out-String } finally { Unlock-SharedMemory -Name $name }'
        'Read-SharedMemory -Name $name -Verbose 4>&1 | Where-Object { $_ -isnot [string] } | Out-String -Width 300'
        'New-SharedMemory -Name $name -Size 5 2>&1 | Out-String -Width 300'
        '$ErrorView = "NormalView"; New-SharedMemory -Name $name -Size 5 2>&1 | Out-String -Width 300'
        '(New-SharedMemory -Name $name -Size 5 2>&1).Exception.Message'
        '(TabExpansion2 "Get-SharedMemory -Name PSIpc-test-$PID").CompletionMatches | ForEach-Object { $_.CompletionText; $_.ListItemText; $_.ToolTip }'
    ) {
        $found = Get-SharedMemory -Name "PSIpc-test-$PID-*"
        $text = @(Invoke-Expression $_)
        Get-RawCharacter $text | Should -Be 0
        $text -join '' | Should -BeLike "*$([WildcardPattern]::Escape($shown))*"
    }

    It 'is escaped in -WhatIf' {
        $shell = [powershell]::Create().AddScript("Import-Module '$PSScriptRoot/../../PSIpc.psd1'; Start-Transcript -Path `$args[0]; Remove-SharedMemory -Name `$args[1] -WhatIf; Stop-Transcript").AddArgument("$TestDrive/transcript").AddArgument($name)
        try { $null = $shell.Invoke() } finally { $shell.Dispose() }
        $text = Get-Content -Raw "$TestDrive/transcript"
        Get-RawCharacter $text | Should -Be 0
        $text | Should -BeLike "*$([WildcardPattern]::Escape($shown))*"
    }

    It 'is as it is in the property, and completion finds it' {
        (Get-SharedMemory -Name "PSIpc-test-$PID-*").Name | Should -BeExactly $name
        $completed = (TabExpansion2 "Get-SharedMemory -Name PSIpc-test-$PID").CompletionMatches[0].CompletionText
        (Invoke-Expression "Get-SharedMemory -Name $completed").Name | Should -BeExactly $name
    }
}

Describe 'Text of a peer that a terminal would obey' {
    BeforeAll { $server = Start-EchoServer -EchoMode Message }
    AfterAll { $server | Stop-EchoServer }

    It 'is escaped where a reply is displayed, and as it is in the property' {
        $reply = Send-EchoMessage $attack -Server $server
        $text = ($reply | Format-Table -AutoSize | Out-String -Width 300), ($reply | Format-List | Out-String)
        Get-RawCharacter $text | Should -Be 0
        $text | ForEach-Object { $_ | Should -BeLike "*$([WildcardPattern]::Escape($shown))*" }
        $reply.Reply | Should -BeExactly $attack
    }

    It 'is escaped where a path is displayed' -Skip:$skip {
        $path = Join-Path $TestDrive "s`e]0;x`a"
        $unix = Start-EchoServer -Path $path
        try {
            $text = ($unix | Format-Table -AutoSize | Out-String -Width 300), ($unix | Format-List | Out-String), "$unix", (Stop-EchoServer $unix.Id -Verbose 4>&1 | Out-String -Width 300)
            Get-RawCharacter $text | Should -Be 0
            $unix.Endpoint | Should -BeExactly "unix:$path"
        }
        finally { $unix.Dispose() }
    }
}
