using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>Servers of pipelines that are stopped.</summary>
public sealed class EchoCommandTests
{
    [Fact]
    public async Task A_stopped_pipeline_ends_a_server_that_it_started()
    {
        using var engine = new Engine();

        await engine.StopAsync("Start-EchoServer | ForEach-Object { $global:port = $_.Port; $begun.Set(); $_ } | Receive-EchoMessage");

        EngineResult sent = engine.Invoke("Send-EchoMessage x -Port $port");
        Assert.Empty(sent.Output);
        Assert.Equal(["EchoConnectionRefused"], sent.ErrorIds);
    }
}
