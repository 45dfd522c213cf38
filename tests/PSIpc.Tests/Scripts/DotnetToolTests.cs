using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The examples in PowerShell as a .NET tool, where the process that runs them is <c>dotnet</c>.</summary>
public sealed class DotnetToolTests : SharedMemoryCommandTests
{
    [Fact]
    public async Task The_tool_is_dotnet_and_finds_its_own_pwsh()
    {
        ProcessResult result = await RunAsync(
            "-NoProfile", "-Command",
                "Split-Path -LeafBase ([Environment]::ProcessPath); (Get-Command pwsh).Source -eq (Join-Path $PSHOME pwsh)");

        Assert.Equal(new ProcessResult(0, "dotnet\nTrue\n", ""), result);
    }

    [Fact]
    public async Task First_steps_shares_memory_and_talks_over_a_socket()
    {
        ProcessResult result = await RunAsync("-NoProfile", "examples/first-steps.ps1");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("data read from shared memory : Linux Programming\n>Socket Programming\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_the_segment_ends_when_the_service_is_ready()
    {
        await using ChildProcess service = ChildProcess.Start(CProgram.Compile("examples/ci/service.c"), [Key]);

        ProcessResult result = await RunAsync("-NoProfile", "examples/ci/wait-for-segment.ps1", Key, "-TimeoutSec", "50");

        Assert.Equal(new ProcessResult(0, $"ready: build 1.4.2, process {service.Id}\n", ""), result);
    }

    private static Task<ProcessResult> RunAsync(params string[] arguments) =>
        ChildProcess.RunAsync("dotnet", ["tool", "exec", "powershell", "--", .. arguments]);
}
