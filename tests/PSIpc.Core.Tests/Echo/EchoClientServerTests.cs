using PSIpc.Echo.Client;
using PSIpc.Echo.Load;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>
/// The client and the load against the module's own server: every transport, both modes, and what the server does wrong on purpose.
/// </summary>
public sealed class EchoClientServerTests
{
    private static readonly EchoClientOptions Trusting = new() { SkipCertificateCheck = true, KeepReply = false };

    public static TheoryData<string, EchoMode> KindsAndModes
    {
        get
        {
            var data = new TheoryData<string, EchoMode>();
            foreach (string kind in EchoTestServer.Kinds)
            {
                data.Add(kind, EchoMode.Stream);
                data.Add(kind, EchoMode.Message);
            }

            return data;
        }
    }

    public static TheoryData<string> Kinds => [.. EchoTestServer.Kinds, "udp"];

    [Theory]
    [MemberData(nameof(KindsAndModes))]
    public void Every_size_comes_back(string kind, EchoMode mode)
    {
        using EchoServer server = EchoTestServer.Start(kind, mode);
        foreach (int size in (int[])[0, 1, 64, 4095, 4096, 65_535, 65_536, 70_000, 3_000_000])
        {
            Assert.True(Send(server, EchoPayload.Pattern(size, size), Trusting).Matches, $"{size} bytes");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Asynchronous_twins_go_over_every_transport(string kind)
    {
        await using EchoServer server = EchoTestServer.Start(kind);
        SocketEndpoint endpoint = server.GetEndpoint();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        EchoPayload payload = EchoPayload.Pattern(kind == "udp" ? 1000 : 3_000_000);

        EchoReply[] replies = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => EchoClient.SendAsync(endpoint, payload, Trusting, cancellation)));
        EchoMeasurement measured = await EchoLoad.RunAsync(endpoint, new() { Count = 100, SkipCertificateCheck = true }, cancellation);

        Assert.All(replies, reply => Assert.True(reply.Matches));
        Assert.Equal(100, measured.Exchanges);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Load_goes_over_every_transport(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind);

        EchoMeasurement measured = Load(server, new EchoLoadOptions { Connections = 5, MessageBytes = 3000, Count = 200 });

        Assert.Equal((200, server.GetEndpoint().Transport.ToString()), (measured.Exchanges, measured.Transport));
        Assert.Empty(measured.Errors);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Load_ends_with_its_duration_or_when_cancelled(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind);

        EchoMeasurement brief = Load(server, new EchoLoadOptions { Connections = 5, Duration = TimeSpan.FromSeconds(0.2) });
        Assert.True(brief.Duration >= TimeSpan.FromSeconds(0.2) && brief.Exchanges > 0, $"{brief.Exchanges} in {brief.Duration}");

        using var cancelled = new CancellationTokenSource();
        var patient = new EchoLoadOptions
        {
            Connections = 5,
            Duration = TimeSpan.FromHours(1),
            SkipCertificateCheck = true,
            Progress = new CallbackProgress<EchoLoadProgress>(_ => cancelled.Cancel()),
        };
        Assert.True(EchoLoad.Run(server.GetEndpoint(), patient, cancelled.Token).Duration < TimeSpan.FromHours(1));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_message_larger_than_any_buffer_is_no_deadlock_under_load(string kind)
    {
        using EchoServer server = EchoTestServer.Start(kind);
        int size = kind == "udp" ? 65_507 : 8_000_000;

        Assert.Equal(6, Load(server, new EchoLoadOptions { Connections = 2, MessageBytes = size, Count = 6 }).Exchanges);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_corrupt_byte_is_found_where_it_is(string kind)
    {
        using EchoServer server = EchoTestServer.Start(
            kind, configure: options => options with { Fault = new EchoFault { CorruptByte = 1234 } });

        EchoReply reply = Send(server, EchoPayload.Pattern(5000), Trusting);

        Assert.Equal((false, 1234), (reply.Matches, reply.MismatchOffset));
        Assert.Equal((byte)~reply.ExpectedByte!.Value, reply.ActualByte);
    }

    [Theory]
    [InlineData("tcp", IpcErrorReason.EchoConnectionReset)]
    [InlineData("tls", IpcErrorReason.EchoConnectionReset)]
    [InlineData("unix", IpcErrorReason.EchoConnectionClosed)]
    public void A_reset_after_some_bytes(string kind, IpcErrorReason reason)
    {
        Assert.SkipWhen(Wine.IsHere, "Wine closes where Windows resets.");
        using EchoServer server = EchoTestServer.Start(
            kind, configure: options => options with { Fault = new EchoFault { ResetAfterBytes = 100 } });

        IpcException error = Assert.Throws<IpcException>(() => Send(server, EchoPayload.Pattern(5000), Trusting));

        Assert.True(error.Reason == reason || error.Reason == IpcErrorReason.EchoConnectionReset, error.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_stall_after_some_bytes(string kind)
    {
        using EchoServer server = EchoTestServer.Start(
            kind, configure: options => options with { Fault = new EchoFault { StallAfterBytes = 100 } });
        if (kind == "udp")
        {
            // The rest of a datagram is not sent: what came is shorter.
            Assert.Equal(100, Send(server, EchoPayload.Pattern(5000), Trusting with { Timeout = ChildProcess.Patience }).MismatchOffset);
            return;
        }

        // On a busy machine the 100 bytes themselves may take longer than the time-out.
        IpcException error;
        var timeout = TimeSpan.FromSeconds(0.5);
        do
        {
            error = Assert.Throws<IpcException>(() => Send(server, EchoPayload.Pattern(5000), Trusting with { Timeout = timeout }));
            Assert.Equal(IpcErrorReason.EchoReplyTimeout, error.Reason);
            timeout *= 2;
        }
        while (!error.Message.Contains("100 of 5000", StringComparison.Ordinal) && timeout < ChildProcess.Patience);
        Assert.Contains("100 of 5000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_third_connection_refused_is_counted_and_the_load_goes_on()
    {
        Assert.SkipWhen(Wine.IsHere, "Wine closes where Windows resets.");
        using EchoServer server = EchoTestServer.Start(
            "tcp", configure: options => options with { Fault = new EchoFault { RefuseEvery = 3 } });

        EchoMeasurement measured = Load(server, new EchoLoadOptions { Connections = 9, Count = 5000 });

        Assert.True(measured.Exchanges > 4900 && measured.ErrorCount > 0, $"{measured.Exchanges} and {measured.ErrorCount} errors");
        Assert.All(measured.Errors.Keys, kind => Assert.Equal(nameof(IpcErrorReason.EchoConnectionReset), kind));
    }

    [Fact]
    public void A_delay_is_a_latency()
    {
        using EchoServer server = EchoTestServer.Start(
            "tcp", configure: options => options with { Fault = new EchoFault { DelayMilliseconds = 50 } });

        Assert.True(Load(server, new EchoLoadOptions { Connections = 4, Count = 20 }).Min.TotalMilliseconds >= 49);
    }

    private static EchoReply Send(EchoServer server, EchoPayload payload, EchoClientOptions options) =>
        EchoClient.Send(server.GetEndpoint(), payload, options, TestContext.Current.CancellationToken);

    private static EchoMeasurement Load(EchoServer server, EchoLoadOptions options) =>
        EchoLoad.Run(server.GetEndpoint(), options with { SkipCertificateCheck = true }, TestContext.Current.CancellationToken);
}
