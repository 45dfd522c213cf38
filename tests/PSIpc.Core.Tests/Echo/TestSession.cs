using PSIpc.Echo.Server.Sessions;

namespace PSIpc.Core.Tests.Echo;

/// <summary>A session without a connection.</summary>
internal sealed class TestSession(EchoServerContext service, long id = 1) : EchoSession(service, id)
{
    protected override string FindRemoteEndpoint() => "test";
}
