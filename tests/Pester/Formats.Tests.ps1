#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    $types = 'SharedMemoryInfo', 'SharedMemoryView', 'SharedMemoryLimit', 'SharedMemoryLock', 'EchoServer', 'EchoMessage', 'EchoReply',
        'EchoMeasurement'
}

BeforeAll {
    . "$PSScriptRoot/EchoSupport.ps1"
    $views = ([xml] [IO.File]::ReadAllText("$root/src/PSIpc/Formats/PSIpc.Format.ps1xml")).Configuration.ViewDefinitions.View

    function Get-FullName([string] $Type) {
        (Get-Command -Module PSIpc).OutputType.Type | Where-Object Name -EQ $Type | Select-Object -First 1 -ExpandProperty FullName
    }

    # One whole object of each type.
    function New-Output {
        $server = Start-EchoServer
        $segment = New-SharedMemory $key -Size 1536
        $receiver = $server.Receive(10, 1000)
        $reply = Send-EchoMessage 'hello' -Server $server
        $message = $null
        $until = [datetime]::UtcNow.AddSeconds(60)
        while (-not $receiver.TryRead([ref] $message) -and [datetime]::UtcNow -lt $until) { [Threading.Thread]::Sleep(1) }
        $receiver.Dispose()
        @{
            SharedMemoryInfo = $segment
            SharedMemoryView = Connect-SharedMemory $key
            SharedMemoryLock = Lock-SharedMemory $key -PassThru
            SharedMemoryLimit = Get-SharedMemoryLimit
            EchoServer = $server
            EchoReply = $reply
            EchoMessage = $message
            EchoMeasurement = Measure-EchoServer -Server $server -Count 10
        }
    }

    # What an expression of the format file makes of an object.
    function Format-Expression([string] $Expression, $Subject) {
        ($Subject | ForEach-Object ([scriptblock]::Create($Expression)) | ForEach-Object { "$_" }) -join ';'
    }
}

Describe 'The format file' -Skip:(-not $IsLinux) {
    It 'has a table and a list of <_>, also for copies' -ForEach $types {
        $type = Get-FullName $_
        foreach ($control in 'TableControl', 'ListControl') {
            $found = @($views | Where-Object { $_.ViewSelectedBy.TypeName -contains $type -and $_.$control })
            $found | Should -HaveCount 1
            $found[0].ViewSelectedBy.TypeName | Should -BeExactly $type, "Deserialized.$type"
        }
    }

    It 'has every type that a cmdlet returns' -ForEach @{ Types = $types } {
        $returned = (Get-Command -Module PSIpc).OutputType.Type | Where-Object { $_.Namespace -match '^PSIpc\b' -and -not $_.IsEnum }
        $returned.Name | Sort-Object -Unique | Should -BeExactly ($types + 'MemoryRecord' | Sort-Object)
    }

    It 'has tables of at most 80 columns' {
        foreach ($view in $views | Where-Object { $_.TableControl }) {
            $columns = @($view.TableControl.TableHeaders.TableColumnHeader)
            $widths = foreach ($column in $columns) { if ($column.Width) { [int] $column.Width } else { $column.Label.Length } }
            ($widths | Measure-Object -Sum).Sum + $columns.Count - 1 | Should -BeLessOrEqual 80 -Because $view.Name
            $view.SelectNodes('.//*[local-name() = "TableColumnItem"]') | Should -HaveCount $columns.Count
        }
    }

    Context 'for one object of each type' {
        BeforeAll {
            . New-TestAddress
            . New-EchoTest
            $made = New-Output
        }
        AfterAll {
            Clear-EchoTest
            if ($made) { $made.SharedMemoryView.Dispose() }
            Clear-TestAddress
        }

        It 'shows <_> and its copy alike, and an empty object without an error' -ForEach $types {
            $live = $made.$_
            $live | Should -HaveCount 1
            $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($live, 3))
            $type = Get-FullName $_
            $copy.PSTypeNames | Should -Contain "Deserialized.$type"
            $empty = [psobject]::new()
            $empty.PSTypeNames.Insert(0, $type)
            $expressions = $views | Where-Object { $_.ViewSelectedBy.TypeName -contains $type } |
                ForEach-Object { $_.SelectNodes('.//*[local-name() = "ScriptBlock"]').InnerText }
            $expressions | Should -Not -BeNullOrEmpty
            foreach ($expression in $expressions) {
                $null = Format-Expression $expression $empty
                Format-Expression $expression $copy | Should -BeExactly (Format-Expression $expression $live)
            }
        }
    }

    Context 'for other tools' {
        BeforeAll {
            . New-TestAddress
            . New-EchoTest
            $made = New-Output
        }
        AfterAll {
            Clear-EchoTest
            if ($made) { $made.SharedMemoryView.Dispose() }
            Clear-TestAddress
        }

        It 'has words and not numbers in <Type>: <Property> is <Word>' -ForEach @(
            @{ Type = 'SharedMemoryInfo'; Property = 'Kind'; Word = 'SystemV' }
            @{ Type = 'SharedMemoryInfo'; Property = 'Mode'; Word = '0600' }
            @{ Type = 'SharedMemoryInfo'; Property = 'Status'; Word = 'None' }
            @{ Type = 'SharedMemoryView'; Property = 'Kind'; Word = 'SystemV' }
            @{ Type = 'SharedMemoryView'; Property = 'Access'; Word = 'ReadWrite' }
            @{ Type = 'EchoServer'; Property = 'Mode'; Word = 'Stream' }
            @{ Type = 'EchoServer'; Property = 'State'; Word = 'Listening' }
            @{ Type = 'EchoServer'; Property = 'Transport'; Word = 'Tcp' }
            @{ Type = 'EchoReply'; Property = 'Transport'; Word = 'Tcp' }
            @{ Type = 'EchoMeasurement'; Property = 'Transport'; Word = 'Tcp' }
        ) {
            $object = $made[$type]
            (ConvertTo-Json $object -Depth 1 -WarningAction Ignore | ConvertFrom-Json).$property | Should -BeExactly $word
            ($object | ConvertTo-Csv | ConvertFrom-Csv).$property | Should -BeExactly $word
            $file = Join-Path $TestDrive 'object.xml'
            Export-Clixml -InputObject $object -Path $file -Depth 1
            (Import-Clixml $file).$property | Should -BeExactly $word
        }

        It 'has the key of <_> in hexadecimal' -ForEach 'SharedMemoryInfo', 'SharedMemoryView', 'SharedMemoryLock' {
            $made.$_.HexKey | Should -BeExactly $key
        }

        It 'labels what it shows of <_> with names of properties' -ForEach $types {
            $type = Get-FullName $_
            $live = $made.$_
            $labels = $views | Where-Object { $_.ViewSelectedBy.TypeName -contains $type } | ForEach-Object { $_.SelectNodes('.//*[local-name() = "Label"]').InnerText } | Where-Object { $_ }
            foreach ($label in $labels) { $live.PSObject.Properties.Name | Should -Contain $label }
        }

        It 'shows the errors of a measurement by their kind' {
            $failed = Start-EchoServer -Fault @{ RefuseEvery = 3 } | Measure-EchoServer -Count 100 -Connection 2
            $failed.ErrorCount | Should -BeGreaterThan 0
            foreach ($shown in ($failed | Out-String), ($failed | Format-List | Out-String)) { $shown | Should -Match 'Echo\w+ \d' }
        }
    }

    It 'writes a time of day as the culture <culture> does' -ForEach @(
        @{ Culture = 'de-DE'; Expected = '13:04:05,678' }
        @{ Culture = 'en-US'; Expected = '1:04:05.678 PM' }
        @{ Culture = ''; Expected = '13:04:05.678' }
    ) {
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = [cultureinfo]::GetCultureInfo($culture)
            $shown = [PSIpc.Commands.Display]::Clock([datetime] '2026-01-02 13:04:05.678')
        }
        finally { [cultureinfo]::CurrentCulture = $before }

        # Some versions of the culture data have a narrow space before PM.
        $shown.Replace([char] 0x202f, ' ') | Should -BeExactly $expected
    }

    It 'writes the size <bytes> as "<expected>"' -ForEach @(
        @{ Bytes = 0; Expected = '0 bytes' }
        @{ Bytes = 1; Expected = '1 byte' }
        @{ Bytes = 1023; Expected = '1,023 bytes' }
        @{ Bytes = 1536; Expected = '1.5 KB (1,536 bytes)' }
        @{ Bytes = $null; Expected = '' }
        @{ Bytes = 'text'; Expected = '' }
    ) {
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture
            [PSIpc.Commands.Display]::Bytes($bytes) | Should -BeExactly $expected
        }
        finally { [cultureinfo]::CurrentCulture = $before }
    }
}
