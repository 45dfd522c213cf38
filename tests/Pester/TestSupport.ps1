# What the files have in common. Each file dot-sources it in BeforeAll.

$ErrorActionPreference = 'Stop'
$root = (Resolve-Path "$PSScriptRoot/../..").Path
Import-Module "$root/PSIpc.psd1"

# A thread job begins without the module: Start-ThreadJob -InitializationScript $import.
$import = [scriptblock]::Create("Import-Module '$root/PSIpc.psd1'")

# Keys and names that no other process on the machine uses. In a run of PesterTests, they belong to the run, which removes what a
# process leaves that was killed. The numbers of a file begin at a random one.
$script:numbers = 0x800
$script:firstKey = if ($env:PSIPC_TEST_FIRST_KEY) { [int] $env:PSIPC_TEST_FIRST_KEY } else { 0x5d000000 + 0x1000 * (Get-Random -Maximum 0x1000) }
$script:prefix = if ($env:PSIPC_TEST_RUN) { $env:PSIPC_TEST_RUN } else { "PSIpc-test-$PID-" }
$script:number = Get-Random -Maximum $numbers
function New-Key { '0x{0:x8}' -f ($script:firstKey + (++$script:number % $script:numbers)) }
function New-Name { '{0}p{1:x3}' -f $script:prefix, (($script:firstKey -band 0xfff) + (++$script:number % $script:numbers)) }

# Sets the addresses of one test: dot-source it in BeforeEach. $at.Key and $at.Name are for splatting, $path is for a socket.
function New-TestAddress {
    $key = New-Key
    $name = New-Name
    $at = @{ Key = @{ Key = $key }; Name = @{ Name = $name } }
    $path = Join-Path ([IO.Path]::GetTempPath()) "$name.sock"
    $view = $null
}

# Ends the jobs and servers of one test, and removes what the test made under its addresses.
function Clear-TestAddress {
    if (-not $name) { throw 'The test has no addresses: dot-source New-TestAddress in BeforeEach.' }
    Get-Job | Where-Object Name -EQ $name | Remove-Job -Force
    Get-EchoServer | Stop-EchoServer -DrainTimeoutSec 0
    [IO.File]::Delete((Join-Path ([IO.Path]::GetTempPath()) "$name.sock"))
    if ($view) { $view.Dispose() }
    Unlock-SharedMemory -Key $key -ErrorAction Ignore
    Unlock-SharedMemory -Name $name -ErrorAction Ignore
    Remove-SharedMemory -Key $key -ErrorAction Ignore
    Get-SharedMemory -Name "$name*" | Remove-SharedMemory
}

# Runs a command that must write no output and one error, with these words in the message, and returns the error.
function Assert-Failure([scriptblock] $Command, [string] $ErrorId, [string[]] $Word) {
    $ErrorActionPreference = 'Continue'
    $written = @(try { & $Command 2>&1 } catch { $_ })
    $written | Should -HaveCount 1
    $written[0] | Should -BeOfType ([Management.Automation.ErrorRecord])
    Get-ErrorId $written[0] | Should -BeExactly $ErrorId
    foreach ($expected in $Word) { $written[0].Exception.Message | Should -MatchExactly ([regex]::Escape($expected)) }
    $written[0]
}

# Runs a command that must fail before the cmdlet begins.
function Assert-BindingFailure([scriptblock] $Command) {
    $ErrorActionPreference = 'Continue'
    $written = @(try { & $Command 2>&1 } catch { $_ })
    $written | Should -HaveCount 1
    $written[0].Exception | Should -BeOfType ([Management.Automation.ParameterBindingException])
}

# The IDs of errors, without the cmdlet's name.
function Get-ErrorId($ErrorRecord) { $ErrorRecord | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] } }

# The object as a job or a remote session returns it.
function ConvertTo-Deserialized($InputObject) {
    [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($InputObject))
}

# The path of a program. Without it, the test is skipped.
function Get-Program([string] $Name, [string] $Package) {
    $program = Get-Command $Name -CommandType Application -TotalCount 1 -ErrorAction Ignore
    if (-not $program) { Set-ItResult -Skipped -Because "'$Name' is not installed (Debian package $Package)" }
    $program.Source
}

# Runs another program, and fails if it fails.
function Invoke-Peer([string] $File, [string[]] $ArgumentList) {
    & $File @ArgumentList
    if ($LASTEXITCODE) { throw "$File ended with $LASTEXITCODE." }
}

# The path of a compiled C program: one of tests/Peers, or source text of the test's own. The same source is compiled once.
function Get-CProgram([string] $Name, [string] $Text) {
    $warnings = if ($Text) { , '-w' } else { '-Wall', '-Wextra', '-Werror', '-Wno-unused-result' }
    if (-not $Text) { $Text = [IO.File]::ReadAllText("$root/tests/Peers/$Name.c") }
    $hash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($Text)), 0, 6)
    $program = "$root/artifacts/peers/$Name-$hash"
    if (-not [IO.File]::Exists($program)) {
        $compiler = Get-Program cc gcc
        $null = [IO.Directory]::CreateDirectory("$root/artifacts/peers")

        # Several processes can compile at the same time: each writes its own file, and the last rename wins.
        [IO.File]::WriteAllText("$program.$PID.c", $Text)
        Invoke-Peer $compiler (@('-O2') + $warnings + @('-pthread', '-o', "$program.$PID", "$program.$PID.c"))
        [IO.File]::Delete("$program.$PID.c")
        [IO.File]::Move("$program.$PID", $program, $true)
    }
    $program
}

# Starts a second pwsh with the module. One for each file is enough, in BeforeAll.
function Start-SecondProcess {
    $process = [Management.Automation.Runspaces.PowerShellProcessInstance]::new()
    $runspace = [runspacefactory]::CreateOutOfProcessRunspace($null, $process)
    $runspace.Open()
    $started = [pscustomobject] @{ Process = $process; Runspace = $runspace; Id = $process.Process.Id }
    $null = Invoke-SecondProcess $started $import
    $started
}

# Runs a command in the second process, and returns what it writes.
function Invoke-SecondProcess($SecondProcess, [scriptblock] $Command, [object[]] $ArgumentList) {
    $shell = [powershell]::Create($SecondProcess.Runspace)
    try {
        $null = $shell.AddScript($Command)
        foreach ($argument in $ArgumentList) { $null = $shell.AddArgument($argument) }
        $shell.Invoke()
        if ($shell.HadErrors) { throw $shell.Streams.Error[0] }
    }
    finally { $shell.Dispose() }
}

# Ends the second process, and waits until it has ended.
function Stop-SecondProcess($SecondProcess) {
    if ($SecondProcess) {
        $ending = [Diagnostics.Process]::GetProcessById($SecondProcess.Id)
        $SecondProcess.Runspace.Dispose()
        $SecondProcess.Process.Dispose()
        $ending.WaitForExit(60000) | Should -BeTrue
        $ending.Dispose()
    }
}

# A certificate of localhost that no authority has signed.
function New-Certificate {
    $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve]::CreateFromFriendlyName('nistP256'))
    $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=localhost', $key, 'SHA256')
    $request.CreateSelfSigned([DateTimeOffset]::Now.AddDays(-1), [DateTimeOffset]::Now.AddDays(1))
}

# Skips a test that needs IPv6 where the machine has none.
function Assert-AddressFamily([string] $Address) {
    if ($Address -eq '::1' -and -not [Net.Sockets.Socket]::OSSupportsIPv6) { Set-ItResult -Skipped -Because 'this machine has no IPv6' }
}

# Starts a C program that writes to its standard error where it listens.
function Start-Peer([string] $Program, [string[]] $ArgumentList) {
    $start = [Diagnostics.ProcessStartInfo]::new($Program, $ArgumentList)
    $start.RedirectStandardError = $true
    [Diagnostics.Process]::Start($start)
}

# Ends such a program.
function Stop-Peer($Process) {
    $Process.Kill()
    $Process.WaitForExit()
    $Process.Dispose()
}
