using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>-Verbose explains: objects, calls, addresses, times; and says nothing of what is sent or stored.</summary>
public sealed class VerboseTests : SharedMemoryCommandTests
{
    private const string Secret = "s3cret";

    [Theory]
    [InlineData("New-SharedMemory $other 64 -Value $secret -Verbose | Remove-SharedMemory", "shmget: created System V segment ", "mode rw-------", "wrote 7 bytes at offset 0")]
    [InlineData("New-SharedMemory -Name $name -Size 64 -Verbose", "open with O_CREAT: created POSIX object /dev/shm/", "64 bytes")]
    [InlineData("New-SharedMemory $key 64 -AllowExisting -Verbose", "opened what exists, System V segment ")]
    [InlineData("Get-SharedMemory $key -Verbose", "Looked at 1; asked for: 1.")]
    [InlineData("Get-SharedMemory $key -IncludeProcess -Verbose -WarningAction Ignore", "the users of 1 in /proc")]
    [InlineData("Read-SharedMemory $key -Verbose", "shmat: opened System V segment $id (key $key), 64 bytes, mode rw-------", "1 attached", "text up to its NUL, as utf-8, at offset 0", "shmdt: closed key $key")]
    [InlineData("Read-SharedMemory $key -As Byte -Count 3 -Verbose", "3 of Byte, at offset 0")]
    [InlineData("Read-SharedMemory $key -Layout 'char a[3];' -Verbose", "1 records of 3 bytes")]
    [InlineData("Write-SharedMemory $key $secret -Offset 8 -Verbose", "Wrote 7 bytes at offset 8 of key $key, 64 bytes")]
    [InlineData("Connect-SharedMemory $key -ReadOnly -Verbose | Disconnect-SharedMemory", "shmat: attached System V segment $id", "for reading.")]
    [InlineData("Connect-SharedMemory $key | Disconnect-SharedMemory -Verbose", "key $key: detached by shmdt")]
    [InlineData("$view = Connect-SharedMemory $key; $view.Dispose(); $view | Disconnect-SharedMemory -Verbose", "key $key: was detached before")]
    [InlineData("Wait-SharedMemory $key -Value $secret -TimeoutSec 5 -Verbose", "Waits for key $key to hold the value of 7 bytes at offset 0, at most 5 s", "ended after ", "System V segment $id")]
    [InlineData("Lock-SharedMemory $key -Verbose; Unlock-SharedMemory $key", "Locked key $key by the semaphore of its key (semop, SEM_UNDO) after ")]
    [InlineData("Lock-SharedMemory $key; Unlock-SharedMemory $key -Verbose", "Unlocked key $key")]
    [InlineData("Get-SharedMemoryLimit -Verbose", "shmctl(IPC_INFO, SHM_INFO)", "/dev/shm")]
    [InlineData("New-SharedMemory $other 64 | Remove-SharedMemory -Verbose", "shmctl(IPC_RMID): removed System V segment ", "64 bytes")]
    [InlineData("Start-EchoServer -Verbose | Stop-EchoServer", "listens on tcp://127.0.0.1:", "by epoll")]
    [InlineData("Start-EchoServer -Udp -Verbose | Stop-EchoServer", "listens on udp://", "by datagrams")]
    [InlineData("Get-EchoServer $server.Id -Verbose", "$endpoint (Listening), by epoll")]
    [InlineData("Start-EchoServer | Stop-EchoServer -DrainTimeoutSec 3 -Verbose", "connections that have 3 s to finish: 0", "(Stopped) after ")]
    [InlineData("Send-EchoMessage $secret -Server $server -Verbose", "$endpoint is 127.0.0.1:$port.", "Connected to 127.0.0.1:$port from 127.0.0.1:", " ms, by poll(2)", "6 of 6 bytes went out, 6 came back in ")]
    [InlineData("Send-EchoMessage $secret -Address localhost -Port 1 -Quiet -Verbose", "tcp://localhost:1 is ", "127.0.0.1:1: Connection refused.")]
    [InlineData("Start-EchoServer -Udp | Send-EchoMessage $secret -Verbose", "by datagrams")]
    [InlineData("Measure-EchoServer -Server $server -Count 10 -Verbose", "$endpoint is 127.0.0.1:$port.", "Connections: 1, in one readiness loop (epoll)", "127.0.0.1:$port answers.", "10 exchanges and 0 errors in ")]
    [InlineData("Measure-EchoServer -Server $server -Count 10 | Merge-EchoMeasurement -Verbose", "Takes 10 exchanges with $endpoint from ")]
    [InlineData("$stopped = Start-EchoServer; $stopped.Stop(0); $stopped | Receive-EchoMessage -Verbose", "from now on, and keeps at most 1024", "Messages received: 0; dropped: 0.")]
    [InlineData("Send-ProcessSignal $PID Continue -Verbose", "Sent Continue (SIGCONT) to process ")]
    [InlineData("Wait-ProcessSignal User1 -TimeoutSec 0 -Verbose -ErrorAction Ignore", "waits for User1, at most 0 s")]
    public void Every_cmdlet_explains(string script, params string[] words)
    {
        string other = string.Create(CultureInfo.InvariantCulture, $"0x{TestAddress.NextKey():x8}");
        SetVariable("secret", Secret);
        SetVariable("other", other);
        string[] facts = Text("""
            $segment = New-SharedMemory $key 64 -Value $secret
            $server = Start-EchoServer
            $segment.Id; "$($server.Endpoint)"; $server.Port
            """);

        EngineResult result = Run(script);
        Text("Get-EchoServer | Where-Object StartTime -GE $server.StartTime | Where-Object Endpoint -EQ $server.Endpoint | Stop-EchoServer");

        Assert.Empty(result.Errors);
        string said = string.Join('\n', result.Verbose);
        Assert.All(words, word => Assert.Contains(
            word.Replace("$id", facts[0], StringComparison.Ordinal).Replace("$endpoint", facts[1], StringComparison.Ordinal)
                .Replace("$port", facts[2], StringComparison.Ordinal).Replace("$key", Key, StringComparison.Ordinal),
            said,
            StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$VerbosePreference = 'Continue'; Read-SharedMemory $key", 3)]
    [InlineData("$VerbosePreference = 'Continue'; Read-SharedMemory $key -Verbose:$false", 0)]
    [InlineData("Read-SharedMemory $key -Verbose", 3)]
    [InlineData("Read-SharedMemory $key", 0)]
    [InlineData("$VerbosePreference = 'Ignore'; Read-SharedMemory $key", 0)]
    public void Only_who_asks_is_told(string script, int lines)
    {
        Text("$null = New-SharedMemory $key 64");

        Assert.Equal(lines, Run(script).Verbose.Count);
    }

    [Fact]
    public void What_another_thread_tells_is_said_too() => Assert.Equal(["True"], Text($$"""
        {{EchoCommandTests.Certificate}}
        $server = Start-EchoServer -Certificate $certificate
        $said = $server | Send-EchoMessage 'x' -SkipCertificateCheck -Verbose 4>&1 | ForEach-Object { "$_" }
        $refused = try { Send-EchoMessage 'x' -Tls -Address localhost -Port 1 -Verbose -ErrorAction Ignore 4>&1 | ForEach-Object { "$_" } } catch { }
        $server | Stop-EchoServer
        ($said -match 'by Tls1[23] with TLS_').Count -eq 1 -and ($refused -match '127.0.0.1:1: Connection refused').Count -eq 1
        """));
}
