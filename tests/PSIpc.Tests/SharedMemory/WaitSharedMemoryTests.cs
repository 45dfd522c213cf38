using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

public sealed class WaitSharedMemoryTests : SharedMemoryCommandTests
{
    [Fact]
    public async Task Stopping_the_pipeline_ends_it_at_once()
    {
        await using var child = Pwsh.Start(
            $"try {{ [Console]::Out.WriteLine('begun'); Wait-SharedMemory {Key} }} finally {{ [Console]::Out.WriteLine('cleaned up') }}");
        await child.WaitForLineAsync("begun");
        child.Signal(2);

        ProcessResult result = await child.WaitForExitAsync();
        Assert.Equal((1, "begun\ncleaned up\n"), (result.ExitCode, result.Output));
    }
}
