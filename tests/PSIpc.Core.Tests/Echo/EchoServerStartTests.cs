using System.Security.Cryptography.X509Certificates;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>What a server that cannot start says.</summary>
public sealed class EchoServerStartTests
{
    private static IpcException Fails(SocketEndpoint endpoint, Func<EchoServerOptions, EchoServerOptions>? configure = null)
    {
        var options = new EchoServerOptions { Endpoint = endpoint };
        return Assert.Throws<IpcException>(() => EchoServer.Start(configure?.Invoke(options) ?? options));
    }

    [Fact]
    public void A_port_in_use_names_its_holder()
    {
        using EchoServer server = EchoTestServer.Start("tcp");
        IpcException exception = Fails(server.GetEndpoint());
        Assert.Equal(IpcErrorReason.EchoAddressInUse, exception.Reason);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"(pid {Environment.ProcessId})", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_address_of_another_machine_is_unavailable() =>
        Assert.Equal(IpcErrorReason.EchoAddressUnavailable, Fails(SocketEndpoint.Tcp("192.0.2.1", 0)).Reason);

    [Fact]
    public void A_host_name_that_nobody_knows_is_unresolved() =>
        Assert.Equal(IpcErrorReason.EchoAddressUnresolved, Fails(SocketEndpoint.Tcp("no-such-host.invalid", 0)).Reason);

    [Fact]
    public void A_certificate_without_its_key_is_said_to_be()
    {
        using X509Certificate2 bare = X509Certificate2.CreateFromPem(EchoTestServer.Certificate.ExportCertificatePem());
        IpcException exception = Fails(SocketEndpoint.Tls("127.0.0.1", 0), options => options with { Certificate = bare });
        Assert.Equal(IpcErrorReason.EchoCertificateInvalid, exception.Reason);
        Assert.Contains("private key", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tls_needs_a_certificate() =>
        Assert.Equal(IpcErrorReason.EchoCertificateInvalid, Fails(SocketEndpoint.Tls("127.0.0.1", 0)).Reason);

    [Fact]
    public void Options_out_of_range_are_named()
    {
        SocketEndpoint endpoint = SocketEndpoint.Tcp("127.0.0.1", 0);
        (string Name, Func<EchoServerOptions, EchoServerOptions> Change)[] bad =
        [
            ("Backlog", options => options with { Backlog = 0 }),
            ("MaxConnections", options => options with { MaxConnections = 0 }),
            ("MaxConnections", options => options with { MaxConnections = int.MaxValue }),
            ("MaxMessageBytes", options => options with { MaxMessageBytes = 0 }),
            ("MaxMessageBytes", options => options with { MaxMessageBytes = EchoServerOptions.LargestMessageBytes + 1 }),
            ("IdleTimeout", options => options with { IdleTimeout = TimeSpan.Zero }),
            ("IdleTimeout", options => options with { IdleTimeout = TimeSpan.FromDays(30) }),
            ("certificate", options => options with { Certificate = EchoTestServer.Certificate }),
            ("mode", options => options with { Mode = (EchoMode)7 }),
        ];
        foreach ((string name, Func<EchoServerOptions, EchoServerOptions> change) in bad)
        {
            IpcException exception = Fails(endpoint, change);
            Assert.Equal(IpcErrorReason.EchoOptionInvalid, exception.Reason);
            Assert.Contains(name, exception.Message, StringComparison.OrdinalIgnoreCase);
        }
    }
}
