using Xunit;

namespace PSIpc.Tests;

public sealed class ConnectSharedMemoryTests : SharedMemoryCommandTests
{
    [Fact]
    public async Task Nothing_stays_attached_when_the_pipeline_is_stopped()
    {
        Text("$null = New-SharedMemory $key 64");

        await Stop("Connect-SharedMemory $key | ForEach-Object { $global:begun.Set(); while ($true) { $null = $_.IsClosed } }");

        Assert.Equal(["0"], Text("(Get-SharedMemory $key).AttachCount"));
    }
}
