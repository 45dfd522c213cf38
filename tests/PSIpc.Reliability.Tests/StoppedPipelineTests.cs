using System.Management.Automation.Language;
using PSIpc.Objects;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>Shared memory for pipelines that a test stops, and the script that sets their variables.</summary>
public abstract class StoppedPipelineTests : IDisposable
{
    // The engine forgets a stop that comes while it tidies up after a pipeline of the script (PipelineProcessor.Clean suspends the
    // stopping and puts back what it saw), once in some thousand times. The script then ends by itself, and the cmdlet doesn't.
    private protected static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(5);

    private readonly SharedMemoryScope _scope = new();

    private protected StoppedPipelineTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "System V and POSIX shared memory as on Linux.");
        Name = _scope.NewName().Name!;
        Key = SystemVKey.Format(_scope.NewKey().Key!.Value);
        New = SystemVKey.Format(_scope.NewKey().Key!.Value);
    }

    private protected Random Random { get; } = new(Soak.Seed);

    private protected TemporaryFolder Folder { get; } = new();

    /// <summary>The name of the object.</summary>
    private protected string Name { get; }

    /// <summary>The key of the segment.</summary>
    private protected string Key { get; }

    /// <summary>The key of segments that the pipelines create.</summary>
    private protected string New { get; }

    /// <summary>The script that creates the memory and sets the variables.</summary>
    private protected string Setup => $$"""
        $ErrorActionPreference = 'Stop'
        $key = '{{Key}}'; $new = '{{New}}'; $name = '{{Name}}'; $path = '{{Folder.PathOf("echo")}}'
        $null = New-SharedMemory $key 64KB -AllowExisting
        $null = New-SharedMemory -Name $name -Size 64KB -AllowExisting
        """;

    public virtual void Dispose()
    {
        _scope.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Quoted(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
