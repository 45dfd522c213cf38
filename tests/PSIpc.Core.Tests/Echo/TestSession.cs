namespace PSIpc.Core.Tests.Echo;

/// <summary>A session without a connection.</summary>
internal sealed class TestSession(EchoService service, long id = 1) : EchoSession(service, id)
{
    protected override string FindRemoteEndpoint() => "test";
}
