using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PSIpc.Echo.Client;
using PSIpc.Sockets;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

public sealed class EchoClientTlsTests
{
    private static readonly EchoClientOptions Trusting = new() { SkipCertificateCheck = true, KeepReply = false };

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(3_000_000)]
    public void A_message_comes_back_and_both_sides_half_close(int size)
    {
        using ScriptedServer server = StartTls();

        EchoReply reply = Send(Tls(server), EchoPayload.Pattern(size), Trusting);

        Assert.True(reply.Matches);
        Assert.Equal((nameof(SocketTransport.Tls), size), (reply.Transport, reply.BytesReceived));
    }

    [Fact]
    public void Without_half_close_too()
    {
        using ScriptedServer server = StartTls();

        Assert.True(Send(Tls(server), EchoPayload.Pattern(100_000), Trusting with { HalfClose = false }).Matches);
    }

    [Fact]
    public void A_certificate_that_nobody_vouches_for_is_rejected()
    {
        using ScriptedServer server = StartTls();

        IpcException error = Assert.Throws<IpcException>(() => Send(Tls(server), EchoPayload.FromText("x"), null));

        Assert.Equal(IpcErrorReason.EchoCertificateRejected, error.Reason);
        Assert.Contains(nameof(SslPolicyErrors.RemoteCertificateChainErrors), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_TLS_is_told_so()
    {
        using var server = ScriptedServer.StartEcho();

        IpcException error = Assert.Throws<IpcException>(() => Send(Tls(server), EchoPayload.FromText("x"), Trusting));

        Assert.Equal(IpcErrorReason.EchoCertificateRejected, error.Reason);
        Assert.Contains("handshake", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handshake_that_never_ends_is_a_time_out()
    {
        using var server = ScriptedServer.StartSilent();

        IpcException error = Assert.Throws<IpcException>(() => Send(
            Tls(server), EchoPayload.FromText("x"), Trusting with { ConnectTimeout = TimeSpan.FromMilliseconds(250) }));

        Assert.Equal(IpcErrorReason.EchoConnectTimeout, error.Reason);
    }

    private static SocketEndpoint Tls(ScriptedServer server) => SocketEndpoint.Tls("127.0.0.1", server.Endpoint.Port);

    private static ScriptedServer StartTls()
    {
        X509Certificate2 certificate = SelfSigned();
        return ScriptedServer.Start(connection =>
        {
            using var tls = new SslStream(new NetworkStream(connection));
            try
            {
                tls.AuthenticateAsServer(certificate);
                byte[] buffer = new byte[65536];
                for (int count; (count = tls.Read(buffer)) > 0;)
                {
                    tls.Write(buffer, 0, count);
                }

                tls.ShutdownAsync().GetAwaiter().GetResult();
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client did not like the certificate.
            }
        });
    }

    private static X509Certificate2 SelfSigned()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static EchoReply Send(SocketEndpoint endpoint, EchoPayload payload, EchoClientOptions? options) =>
        EchoClient.Send(endpoint, payload, options, TestContext.Current.CancellationToken);
}
