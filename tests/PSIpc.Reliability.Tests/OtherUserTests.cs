using PSIpc.Echo.Server;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>
/// Another user gets nothing, is told so clearly, and learns nothing from the words; and no content is in any words at all.
/// </summary>
public sealed class OtherUserTests : IDisposable
{
    private const string Secret = "s3cret-content";
    private const string SecretNumber = "48151623421234";

    // Every output of a command as text: its error with all that a log would have of it, and what it says on the way.
    private const string Show = """
        function Show([string] $expected, [scriptblock] $do) {
            $all = @(try { & $do *>&1 } catch { $_ })
            $errors = @($all | ForEach-Object { if ($_ -is [Management.Automation.ErrorRecord]) { $_ } })
            $id = $errors.Count ? $errors[0].FullyQualifiedErrorId.Split(',')[0] : 'none'
            foreach ($one in $all) { "$one" }
            foreach ($one in $errors) { "$($one.CategoryInfo) $($one.Exception) $($one.ErrorDetails) $($one.TargetObject)" }
            if ($id -ne $expected) { "UNEXPECTED $id instead of $expected of $do" }
        }
        $VerbosePreference = $DebugPreference = $WarningPreference = 'Continue'

        """;

    private readonly SharedMemoryScope _scope = new();
    private readonly TemporaryFolder _folder = new();
    private readonly IpcAddress _key;
    private readonly IpcAddress _name;

    public OtherUserTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Users as on Linux.");
        _key = _scope.NewKey();
        _name = _scope.NewName();
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Another_user_is_denied_everything_and_learns_no_content()
    {
        Tool.RequireRoot();
        string setpriv = Tool.Require("setpriv", "util-linux");
        foreach (IpcAddress address in new[] { _key, _name })
        {
            SharedMemoryObject.Create(address, new() { Size = 64, Content = System.Text.Encoding.UTF8.GetBytes(Secret) });
        }

        // The folder is open to everyone: what keeps others out is the socket file itself.
        File.SetUnixFileMode(_folder.FullPath, (UnixFileMode)0b111_101_101);
        string path = _folder.PathOf("echo");
        using var server = EchoServer.Start(new() { Endpoint = SocketEndpoint.Unix(path) });
        string pipe = TestAddress.NextName();
        using var pipes = EchoServer.Start(new() { Endpoint = SocketEndpoint.Pipe(pipe) });

        string script = Show + $$"""
            foreach ($at in @{ Key = '{{SystemVKey.Format(_key.Key!.Value)}}' }, @{ Name = '{{_name.Name}}' }) {
                Show SharedMemoryAccessDenied { Read-SharedMemory @at }
                Show SharedMemoryAccessDenied { Read-SharedMemory @at -Layout 'int a;' }
                Show SharedMemoryAccessDenied { Write-SharedMemory @at -Value 'mine' }
                Show SharedMemoryAccessDenied { Connect-SharedMemory @at }
                Show SharedMemoryAccessDenied { Connect-SharedMemory @at -ReadOnly }
                Show SharedMemoryAccessDenied { Lock-SharedMemory @at -TimeoutSec 0 }
                Show SharedMemoryAccessDenied { Wait-SharedMemory @at -Changed -TimeoutSec 0 }
                Show SharedMemoryAccessDenied { Wait-SharedMemory @at -Value 'guess' -TimeoutSec 0 }
                Show SharedMemoryAccessDenied { New-SharedMemory @at -Size 64 -AllowExisting }
                Show SharedMemoryAccessDenied { New-SharedMemory @at -Size 64 -AllowExisting -Value 'mine' }
                Show SharedMemoryExists { New-SharedMemory @at -Size 64 }
                Show SharedMemoryAccessDenied { Remove-SharedMemory @at }
                Show SharedMemoryAccessDenied { Get-SharedMemory @at | Read-SharedMemory }
                Show SharedMemoryAccessDenied { Get-SharedMemory @at | Remove-SharedMemory }
                Show SharedMemoryLockNotHeld { Unlock-SharedMemory @at }
                Show WaitTimeout { Wait-SharedMemory @at -Removed -TimeoutSec 0 }
                Show none { Wait-SharedMemory @at -TimeoutSec 0 }
                Show none { Get-SharedMemory @at -IncludeProcess -WarningAction Ignore }
                Show none { Get-SharedMemory @at -Mine }
            }
            Show EchoAccessDenied { Send-EchoMessage 'mine' -Path '{{path}}' }
            Show EchoAccessDenied { Measure-EchoServer -Path '{{path}}' -Count 1 }
            Show EchoAddressInUse { Start-EchoServer -Path '{{path}}' }
            Show EchoAccessDenied { Start-EchoServer -Path '{{_folder.PathOf("other")}}' }
            Show EchoAccessDenied { Send-EchoMessage 'mine' -PipeName '{{pipe}}' }
            Show EchoAccessDenied { Measure-EchoServer -PipeName '{{pipe}}' -Count 1 }
            Show ProcessAccessDenied { Send-ProcessSignal {{Environment.ProcessId}} Interrupt }
            """;
        ProcessResult result = await ChildProcess.RunAsync(
            setpriv,
            ["--reuid=65534", "--regid=65534", "--clear-groups", Pwsh.Path, .. Pwsh.Command(script)],
            environment: new Dictionary<string, string?> { ["HOME"] = "/tmp" });

        Assert.DoesNotContain("UNEXPECTED", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Error);

        // And nothing of it has changed.
        foreach (IpcAddress address in new[] { _key, _name })
        {
            using SharedMemoryView view = SharedMemoryObject.Open(address);
            Assert.Equal(Secret, view.ReadText(0, null, System.Text.Encoding.UTF8));
        }

        Assert.Equal(nameof(EchoServerState.Listening), server.State);
    }

    [Fact]
    public async Task No_content_is_in_verbose_output_or_in_an_error()
    {
        string key = SystemVKey.Format(_key.Key!.Value);
        ProcessResult result = await Pwsh.RunAsync(Show + $$"""
            $secret = '{{Secret[..6]}}' + '{{Secret[6..]}}'
            $number = [long] ('{{SecretNumber[..6]}}' + '{{SecretNumber[6..]}}')
            Show none { $null = New-SharedMemory {{key}} 64 -Value $secret }
            Show none { New-SharedMemory -Name {{_name.Name}} -Size 64 -Value $secret -WhatIf }
            Show SharedMemoryValueTooLarge { New-SharedMemory -Name {{_name.Name}} -Size 4 -Value $secret }
            Show SharedMemoryValueNotEncodable { New-SharedMemory -Name {{_name.Name}} -Size 64 -Value "${secret}é" -Encoding ascii }
            Show SharedMemoryValueUnsupported { New-SharedMemory -Name {{_name.Name}} -Size 64 -Value @{ a = $secret } }
            Show none { Write-SharedMemory '{{key}}' $secret }
            Show none { Write-SharedMemory '{{key}}' $secret -WhatIf }
            Show SharedMemoryValueTooLarge { Write-SharedMemory '{{key}}' $secret -Offset 60 }
            Show SharedMemoryValueNotEncodable { Write-SharedMemory '{{key}}' "${secret}é" -Encoding ascii }
            Show SharedMemoryValueUnsupported { Write-SharedMemory '{{key}}' @($secret, $null) }
            Show LayoutValueOutOfRange { Write-SharedMemory '{{key}}' -Layout 'char a[4];' -Value @{ a = $secret } }
            Show LayoutValueInvalid { Write-SharedMemory '{{key}}' -Layout 'int a;' -Value @{ a = $secret } }
            Show LayoutValueOutOfRange { Write-SharedMemory '{{key}}' -Layout 'int a;' -Value @{ a = $number } }
            Show LayoutValueOutOfRange { Write-SharedMemory '{{key}}' -Layout 'float a;' -Value @{ a = [double] "${number}e30" } }
            Show SharedMemoryOutOfRange { Read-SharedMemory {{key}} -Count 65 }
            Show WaitTimeout { Wait-SharedMemory {{key}} -Value "not $secret" -TimeoutSec 0 }
            Show SharedMemoryValueNotEncodable { Wait-SharedMemory {{key}} -Value "${secret}é" -Encoding ascii -TimeoutSec 0 }
            Show LayoutValueInvalid { Wait-SharedMemory {{key}} -Layout 'int a;' -Value @{ a = $secret } -TimeoutSec 0 }
            Show EchoConnectionRefused { Send-EchoMessage $secret -Port 1 }
            $server = Start-EchoServer -Fault @{ CorruptByte = 3 }
            Show EchoReplyMismatch { $null = $server | Send-EchoMessage $secret }
            $stalled = Start-EchoServer -Fault @{ StallAfterBytes = 0 }
            Show EchoReplyTimeout { $stalled | Send-EchoMessage $secret -TimeoutSec 0.1 }
            Show none { $null = Get-SharedMemory {{key}} }
            Show none { Remove-SharedMemory {{key}} }
            """);

        Assert.Equal("", result.Error);
        Assert.DoesNotContain("UNEXPECTED", result.Output, StringComparison.Ordinal);
        Assert.All(result.Output.Split('\n'), line =>
        {
            Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
            Assert.DoesNotContain(SecretNumber, line, StringComparison.Ordinal);
            Assert.DoesNotContain("4.8151623", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task What_is_not_said_is_closed_to_others()
    {
        string key = SystemVKey.Format(_key.Key!.Value);
        ProcessResult result = await Pwsh.RunAsync($$"""
            (New-SharedMemory {{key}} 64).Mode
            (New-SharedMemory -Name {{_name.Name}} -Size 64).Mode
            (Start-EchoServer).Endpoint -replace '\d+$'
            (Start-EchoServer -Udp).Endpoint -replace '\d+$'
            $null = Start-EchoServer -Path '{{_folder.PathOf("echo")}}'
            [IO.File]::GetUnixFileMode('{{_folder.PathOf("echo")}}')
            $null = Start-EchoServer -PipeName '{{_name.Name}}'
            [IO.File]::GetUnixFileMode([IO.Path]::Combine([IO.Path]::GetTempPath(), 'CoreFxPipe_{{_name.Name}}'))
            Lock-SharedMemory {{key}}
            foreach ($line in [IO.File]::ReadLines('/proc/sysvipc/sem')) { $fields = $line.Trim() -split ' +';
                if ($fields[0] -eq {{_key.Key}}) { $fields[2] } }
            """);

        const string OwnerOnly = "UserWrite, UserRead";
        Assert.Equal(["0600", "0600", "tcp://127.0.0.1:", "udp://127.0.0.1:", OwnerOnly, OwnerOnly, "600"], result.Output.Split('\n')[..^1]);
    }
}
