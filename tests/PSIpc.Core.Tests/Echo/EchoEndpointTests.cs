using PSIpc.Sockets;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

public sealed class EchoEndpointTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:7007")]
    [InlineData("tcp://[::1]:7")]
    [InlineData("tls://web1.example:443")]
    [InlineData("udp://localhost:0")]
    [InlineData("unix:/run/a:b.sock")]
    [InlineData("pipe:name")]
    public void What_is_written_is_read_again(string text)
    {
        var endpoint = SocketEndpoint.Parse(text);

        Assert.Equal(text, $"{endpoint}");
        Assert.Equal(endpoint, SocketEndpoint.Parse($"{endpoint}"));
    }

    [Fact]
    public void Every_transport_has_its_facts_at_its_number() =>
        Assert.Equal(Enum.GetValues<SocketTransport>(), TransportFacts.All.Select(facts => facts.Transport));

    [Theory]
    [InlineData("", IpcErrorReason.EchoAddressInvalid)]
    [InlineData("localhost:7", IpcErrorReason.EchoAddressInvalid)]
    [InlineData("tcp:localhost:7", IpcErrorReason.EchoAddressInvalid)]
    [InlineData("tcp://localhost", IpcErrorReason.EchoAddressInvalid)]
    [InlineData("tcp://localhost:x", IpcErrorReason.EchoAddressInvalid)]
    [InlineData("tcp://localhost: 7", IpcErrorReason.EchoAddressInvalid)]
    [InlineData("tcp://:7", IpcErrorReason.EchoAddressInvalid)]
    [InlineData("tcp://a b:7", IpcErrorReason.EchoAddressInvalid)]
    [InlineData("tcp://localhost:65536", IpcErrorReason.EchoPortInvalid)]
    [InlineData("unix:", IpcErrorReason.EchoPathInvalid)]
    [InlineData("pipe:a/b", IpcErrorReason.EchoPipeNameInvalid)]
    public void Anything_else_is_none(string text, IpcErrorReason reason) =>
        Assert.Equal(reason, Assert.Throws<IpcException>(() => SocketEndpoint.Parse(text)).Reason);

    [Fact]
    public void Another_name_of_the_machine_keeps_the_rest() =>
        Assert.Equal("tls://web1:443", $"{SocketEndpoint.Tls("0.0.0.0", 443).WithHost("web1")}");

    [Fact]
    public void A_socket_file_is_on_no_other_machine() =>
        Assert.Equal(IpcErrorReason.EchoOptionInvalid, Assert.Throws<IpcException>(() => SocketEndpoint.Pipe("x").WithHost("web1")).Reason);
}
