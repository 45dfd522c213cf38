using System.Management.Automation;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The echo cmdlets on the real engine.</summary>
public sealed class EchoCommandTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose()
    {
        // Those of this runspace; suites beside this one have servers of their own.
        _engine.Invoke("Remove-Module PSIpc");
        _engine.Dispose();
    }

    [Fact]
    public void A_server_listens_when_it_is_returned_and_echoes() =>
        Assert.Equal(["True", "Listening", "hello", "True"], Text("""
            $server = Start-EchoServer
            $server.Port -gt 0
            $server.State
            $reply = Send-EchoMessage 'hello' -Port $server.Port
            $reply.Reply
            $reply.Matches
            """));

    [Theory]
    [InlineData("-Address 127.0.0.1")]
    [InlineData("-Address ::1")]
    [InlineData("-Udp")]
    [InlineData("-Path $path")]
    [InlineData("-PipeName $pipe")]
    [InlineData("-Certificate $certificate", "-SkipCertificateCheck")]
    [InlineData("-EchoMode Message")]
    [InlineData("-EchoMode Message -Path $path")]
    [InlineData("-EchoMode Message -PipeName $pipe")]
    [InlineData("-EchoMode Message -Certificate $certificate", "-SkipCertificateCheck")]
    public void Every_transport_echoes_text_and_bytes(string start, string send = "")
    {
        Assert.SkipWhen(start.Contains("::1", StringComparison.Ordinal) && !System.Net.Sockets.Socket.OSSupportsIPv6, "This machine has no IPv6.");
        Assert.Equal(["héllo", "1 2 0 255", "True"], Text($$"""
            {{Certificate}}
            $path = [IO.Path]::Combine([IO.Path]::GetTempPath(), '{{TestAddress.NextName()}}')
            $pipe = '{{TestAddress.NextName()}}'
            $server = Start-EchoServer {{start}}
            ($server | Send-EchoMessage 'héllo' {{send}}).Reply
            "$((Send-EchoMessage -Server $server -Message ([byte[]](1, 2, 0, 255)) {{send}}).Bytes)"
            Send-EchoMessage -Server $server -MessageBytes 50000 -Quiet {{send}}
            $server | Stop-EchoServer
            if ([IO.File]::Exists($path)) { 'the socket file is left' }
            """));
    }

    /// <summary>What remoting and Export-Clixml make of a server, at their depths.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("-Address ::1", "")]
    [InlineData("-Udp", "")]
    [InlineData("-Path $path", "")]
    [InlineData("-PipeName $pipe", "")]
    [InlineData("-Certificate $certificate", "-SkipCertificateCheck")]
    [InlineData("-Address 0.0.0.0", "-Address localhost")]
    [InlineData("-Address 0.0.0.0 -Udp", "-Address 127.0.0.1")]
    [InlineData("-Certificate $certificate", "-Address localhost -SkipCertificateCheck")]
    public void A_server_that_came_over_is_found_by_its_endpoint(string start, string send)
    {
        Assert.SkipWhen(start.Contains("::1", StringComparison.Ordinal) && !System.Net.Sockets.Socket.OSSupportsIPv6, "This machine has no IPv6.");
        Assert.Equal(["over True", "over True", "5 0", "over"], Text($$"""
            {{Certificate}}
            $path = [IO.Path]::Combine([IO.Path]::GetTempPath(), '{{TestAddress.NextName()}}')
            $pipe = '{{TestAddress.NextName()}}'
            $server = Start-EchoServer {{start}}
            foreach ($depth in 1, 2) {
                $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($server, $depth))
                $reply = $copy | Send-EchoMessage 'over' {{send}}
                "$($reply.Reply) $($reply.Transport -eq $server.Endpoint.Transport)"
            }
            $measured = $copy | Measure-EchoServer -Count 5 {{send}}
            "$($measured.Exchanges) $($measured.ErrorCount)"
            ([pscustomobject] @{ Endpoint = "$($server.Endpoint)" } | Send-EchoMessage 'over' {{send}}).Reply
            $server | Stop-EchoServer
            """));
    }

    [Theory]
    [InlineData("Stop-EchoServer")]
    [InlineData("Receive-EchoMessage")]
    [InlineData("Get-EchoServer")]
    public void A_server_that_came_over_is_not_live(string command)
    {
        Text("$server = Start-EchoServer; $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($server))");

        Fails($"$copy | {command}", "EchoServerNotFound", "is a copy of an echo server", "tcp://127.0.0.1:");
        Assert.Equal(["Listening"], Text("$server.State"));
        Fails($"1 | {command}", "EchoServerNotFound", "System.Int32");
    }

    [Fact]
    public void A_certificate_that_nobody_trusts_is_rejected() => Fails(
        $"{Certificate}; $server = Start-EchoServer -Certificate $certificate; Send-EchoMessage 'x' -Port $server.Port -Tls", "EchoCertificateRejected");

    [Fact]
    public void Messages_come_from_the_pipeline_and_are_repeated() =>
        Assert.Equal(["1 a", "2 a", "3 b", "4 b"], Text("""
            $server = Start-EchoServer
            'a', 'b' | Send-EchoMessage -Port $server.Port -Count 2 | ForEach-Object { "$($_.Sequence) $($_.Reply)" }
            """));

    [Fact]
    public void Quiet_gives_a_boolean_and_no_error_when_nobody_answers() =>
        Assert.Equal(["True", "False"], Text("""
            $server = Start-EchoServer
            Send-EchoMessage 'x' -Port $server.Port -Quiet
            $server | Stop-EchoServer
            Send-EchoMessage 'x' -Port $server.Port -Quiet
            """));

    [Fact]
    public void No_half_close_ends_when_everything_came_back() =>
        Assert.Equal(["still open", "True"], Text("""
            $server = Start-EchoServer
            $reply = Send-EchoMessage 'still open' -Port $server.Port -NoHalfClose -TimeoutSec 20
            $reply.Reply
            $reply.RoundTripTime.TotalSeconds -lt 20
            """));

    [Fact]
    public void Received_messages_are_a_live_stream() =>
        Assert.Equal([">one", ">two", "True", "True"], Text("""
            $server = Start-EchoServer -EchoMode Message
            $sender = [powershell]::Create([initialsessionstate]::CreateDefault2()).AddScript("Import-Module '$((Get-Module PSIpc).Path)'; 'one', 'two' | Send-EchoMessage -Port $($server.Port) -Quiet")
            $sending = $null
            $server | Receive-EchoMessage -Count 2 -OutVariable received | ForEach-Object -Begin { $sending = $sender.BeginInvoke() } -Process { ">$($_.Text)" }
            $null = $sender.EndInvoke($sending)
            $received[0].IsComplete
            $received[0].ConnectionId -lt $received[1].ConnectionId -and $received[0].RemoteEndpoint -match '^127\.0\.0\.1:\d+$'
            """));

    [Fact]
    public void Receiving_ends_when_the_server_stops() =>
        Assert.Equal(["ended"], Text("""
            $server = Start-EchoServer
            $stopper = [powershell]::Create([initialsessionstate]::CreateDefault2()).AddScript('param($server) $server.Stop([timespan]::Zero)').AddArgument($server)
            $server | Receive-EchoMessage | ForEach-Object -Begin { $stopping = $stopper.BeginInvoke() } -Process { $_ } -End { 'ended' }
            $null = $stopper.EndInvoke($stopping)
            """));

    [Fact]
    public void A_measurement_counts_and_checks_every_exchange() =>
        Assert.Equal(["1000 8 64 0", "True", "2000", "2000"], Text("""
            $server = Start-EchoServer
            $m = Measure-EchoServer -Port $server.Port -Connection 8 -Count 1000
            "$($m.Exchanges) $($m.Connections) $($m.MessageBytes) $($m.ErrorCount)"
            $m.P50 -le $m.P99 -and $m.P99 -le $m.Max -and $m.Rate -gt 0
            ($m, $m | Merge-EchoMeasurement).Exchanges
            $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($m))
            ($m, $copy | Merge-EchoMeasurement).Exchanges
            """));

    [Theory]
    [InlineData("@{ CorruptByte = 3 }", "EchoReplyMismatch", "offset 3")]
    [InlineData("@{ ResetAfterBytes = 2 }", "EchoConnectionReset")]
    [InlineData("@{ StallAfterBytes = 2 }", "EchoReplyTimeout")]
    [InlineData("@{ RefuseEvery = 1 }", "EchoConnectionReset")]
    public void A_fault_shows_as_its_own_error(string fault, string id, params string[] words)
    {
        EngineResult result = _engine.Invoke($"$server = Start-EchoServer -Fault {fault}; Send-EchoMessage 'abcdefgh' -Port $server.Port -TimeoutSec 1");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith($"{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, error.Exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_that_only_slow_down_lose_nothing() =>
        Assert.Equal(["True"], Text("$server = Start-EchoServer -Fault @{ ChunkBytes = 3; DelayMilliseconds = 1 }; Send-EchoMessage 'abcdefgh' -Port $server.Port -Quiet"));

    [Theory]
    [InlineData("Start-EchoServer -Port 65536", "EchoPortInvalid", "65536")]
    [InlineData("Start-EchoServer -Port -1", "EchoPortInvalid", "-1")]
    [InlineData("Send-EchoMessage x -Port 0", "EchoPortInvalid", "port 0")]
    [InlineData("Send-EchoMessage x -Port 65536", "EchoPortInvalid", "65536")]
    [InlineData("Measure-EchoServer -Port 0", "EchoPortInvalid")]
    [InlineData("Start-EchoServer -Address 'not a host'", "EchoAddressInvalid", "not a host")]
    [InlineData("Start-EchoServer -Address no.such.host.invalid", "EchoAddressUnresolved", "no.such.host.invalid")]
    [InlineData("Send-EchoMessage x -Address no.such.host.invalid -Port 7", "EchoAddressUnresolved")]
    [InlineData("Start-EchoServer -Address 192.0.2.1", "EchoAddressUnavailable", "192.0.2.1")]
    [InlineData("Start-EchoServer -Path /etc/passwd", "EchoPathNotASocket", "/etc/passwd")]
    [InlineData("Start-EchoServer -Path ('/tmp/' + 'x' * 200)", "EchoPathInvalid", "107")]
    [InlineData("Start-EchoServer -PipeName 'a/b'", "EchoPipeNameInvalid", "a/b")]
    [InlineData("Start-EchoServer -Backlog 0", "EchoOptionInvalid", "Backlog")]
    [InlineData("Start-EchoServer -MaxConnection 0", "EchoOptionInvalid", "MaxConnections")]
    [InlineData("Start-EchoServer -MaxMessageBytes 0", "EchoOptionInvalid", "MaxMessageBytes")]
    [InlineData("Start-EchoServer -IdleTimeoutSec -1", "ParameterArgumentValidationError", "IdleTimeoutSec")]
    [InlineData("Start-EchoServer -Fault @{ ChunkBytes = 0 }", "EchoFaultInvalid", "ChunkBytes")]
    [InlineData("Start-EchoServer -Fault @{ Nonsense = 1 }", "ParameterArgumentTransformationError", "Nonsense", "RefuseEvery")]
    [InlineData("Send-EchoMessage x -Path /tmp/PSIpc-no-such-socket", "EchoConnectionRefused")]
    [InlineData("Send-EchoMessage x -Port 7 -TimeoutSec 2147484", "ParameterArgumentValidationError", "TimeoutSec")]
    [InlineData("Send-EchoMessage x -Port 7 -TimeoutSec 0", "EchoOptionInvalid", "Timeout")]
    [InlineData("Measure-EchoServer -Port 7 -DurationSec ([double]::NaN)", "ParameterArgumentValidationError", "DurationSec")]
    [InlineData("Send-EchoMessage -Port 7", "EchoOptionInvalid", "-Message")]
    [InlineData("Send-EchoMessage x -Port 7 -Udp -Tls", "EchoOptionInvalid", "-Udp")]
    [InlineData("Send-EchoMessage x -Endpoint udp://127.0.0.1:7 -Tls", "EchoOptionInvalid", "udp://127.0.0.1:7", "-Tls")]
    [InlineData("Send-EchoMessage x -Endpoint unix:/tmp/x -Address localhost", "EchoOptionInvalid", "unix:/tmp/x", "localhost")]
    [InlineData("Send-EchoMessage x -Endpoint http://localhost:7", "EchoAddressInvalid", "http://localhost:7", "pipe:NAME")]
    [InlineData("Send-EchoMessage x -Endpoint tcp://localhost", "EchoAddressInvalid", "tcp://localhost")]
    [InlineData("Measure-EchoServer -Endpoint tcp://localhost:70000", "EchoPortInvalid", "70000")]
    [InlineData("Send-EchoMessage -MessageBytes 65508 -Port 7 -Udp", "EchoMessageTooLarge", "65507")]
    [InlineData("Start-EchoServer -EchoMode Message | Measure-EchoServer -Count 1", "EchoOptionInvalid", "Stream")]
    [InlineData("Stop-EchoServer -Id 999999", "EchoServerNotFound", "999999")]
    [InlineData("Get-EchoServer 999999", "EchoServerNotFound")]
    [InlineData("@() | Merge-EchoMeasurement", "EchoMeasurementInvalid", "no measurement")]
    [InlineData("Merge-EchoMeasurement 1", "EchoMeasurementInvalid", "System.Int32")]
    public void Bad_input_has_an_error_of_its_own(string script, string id, params string[] words) => Fails(script, id, words);

    [Fact]
    public void A_port_in_use_is_named_with_its_holder()
    {
        Text("$server = Start-EchoServer");

        Fails("Start-EchoServer -Port $server.Port", "EchoAddressInUse", $"pid {Environment.ProcessId}");
    }

    [Fact]
    public void A_message_over_the_bound_ends_its_connection_and_not_the_server() =>
        Assert.Equal(["False", "True"], Text("""
            $server = Start-EchoServer -EchoMode Message -MaxMessageBytes 1KB
            Send-EchoMessage -Server $server -MessageBytes 100KB -Quiet
            Send-EchoMessage -Server $server -MessageBytes 1KB -Quiet
            """));

    [Fact]
    public void Servers_are_listed_and_stopped_by_number()
    {
        Assert.Equal(["True", "Stopped", "0"], Text("""
            $server = Start-EchoServer
            (Get-EchoServer $server.Id).Id -eq $server.Id
            (Stop-EchoServer -Id $server.Id -PassThru).State
            @(Get-EchoServer | Where-Object Id -EQ $server.Id).Count
            """));
    }

    [Fact]
    public void WhatIf_starts_and_stops_nothing() =>
        Assert.Equal(["Listening"], Text("Start-EchoServer -WhatIf; $server = Start-EchoServer; $server | Stop-EchoServer -WhatIf; $server.State"));

    [Fact]
    public void Removing_the_module_stops_its_servers()
    {
        using var engine = new Engine();
        EngineResult result = engine.Invoke("$server = Start-EchoServer; Remove-Module PSIpc; $server.State");

        Assert.Empty(result.Errors);
        Assert.Equal(["Stopped"], result.Text);
    }

    [Fact]
    public async Task A_stopped_pipeline_ends_a_server_that_it_started()
    {
        using var engine = new Engine();

        await engine.StopAsync("Start-EchoServer | ForEach-Object { $global:port = $_.Port; $begun.Set(); $_ } | Receive-EchoMessage");

        Fails($"Send-EchoMessage x -Port {Assert.Single(engine.Invoke("$port").Text)}", "EchoConnectionRefused");
    }

    internal const string Certificate = """
        $key = [Security.Cryptography.RSA]::Create(2048)
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=localhost', $key, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $certificate = $request.CreateSelfSigned([DateTimeOffset]::Now.AddDays(-1), [DateTimeOffset]::Now.AddDays(1))
        """;

    private string[] Text(string script)
    {
        EngineResult result = _engine.Invoke(script);
        Assert.Empty(result.Errors);
        return result.Text;
    }

    private void Fails(string script, string id, params string[] words)
    {
        EngineResult result = _engine.Invoke(script);
        Assert.Empty(result.Output);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.All(words, word => Assert.Contains(word, error.Exception.Message, StringComparison.Ordinal));
    }
}
