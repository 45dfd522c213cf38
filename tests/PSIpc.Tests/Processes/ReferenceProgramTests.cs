using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>
/// The two reference programs for shared memory as scripts, each with the C program and with the script on the other side.
/// </summary>
public sealed class ReferenceProgramTests : SharedMemoryCommandTests
{
    private const string Line = "data read from shared memory : Linux Programming\n";

    private static readonly string First = Path.Combine(Repository.Root, "examples", "shared-memory-1.ps1");
    private static readonly string Second = Path.Combine(Repository.Root, "examples", "shared-memory-2.ps1");

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task One_creates_and_removes_when_the_other_has_read_and_tells_it(bool firstIsScript, bool secondIsScript)
    {
        await using ChildProcess first = firstIsScript
            ? ChildProcess.Start(Pwsh.Path, Pwsh.File(First, Key))
            : ChildProcess.Start(CProgram.Compile("shared_memory1"), [Key]);
        if (firstIsScript)
        {
            Text("$null = Wait-SharedMemory $key -TimeoutSec 60 | Wait-SharedMemory -Value 'Linux Programming' -TimeoutSec 60");
        }
        else
        {
            await first.WaitForLineAsync("ready");
        }

        ProcessResult second = secondIsScript
            ? await ChildProcess.RunAsync(Pwsh.Path, Pwsh.File(Second, Key))
            : await ChildProcess.RunAsync(CProgram.Compile("shared_memory2"), [Key]);

        Assert.Equal((0, "", Line), (second.ExitCode, second.Error, second.Output));
        ProcessResult ended = await first.WaitForExitAsync();

        // The C program's signal may be there before the script waits for it: then it stops the script, and finally removes.
        Assert.True(ended.ExitCode is 0 or 1, ended.Error);
        Fails("Get-SharedMemory $key", "SharedMemoryNotFound");
    }
}
