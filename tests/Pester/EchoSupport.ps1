# What the suites of the echo server have in common. Each file dot-sources it in BeforeAll.

. "$PSScriptRoot/TestSupport.ps1"

# Sets the names of one test: dot-source it in BeforeEach.
function New-EchoTest {
    $name = New-Name
    $path = Join-Path ([IO.Path]::GetTempPath()) "$name.sock"
}

# Ends what one test left running, and removes its socket file.
function Clear-EchoTest {
    Get-Job | Where-Object Name -EQ $name | Remove-Job -Force
    Get-EchoServer | Stop-EchoServer -DrainTimeoutSec 0
    [IO.File]::Delete($path)
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
function Start-EchoPeer([string] $Program, [string[]] $ArgumentList) {
    $start = [Diagnostics.ProcessStartInfo]::new($Program, $ArgumentList)
    $start.RedirectStandardError = $true
    [Diagnostics.Process]::Start($start)
}

# Ends such a program.
function Stop-EchoPeer($Process) {
    $Process.Kill()
    $Process.WaitForExit()
    $Process.Dispose()
}
