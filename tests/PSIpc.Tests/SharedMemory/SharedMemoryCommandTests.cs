using System.Globalization;
using System.Management.Automation;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>A runspace with the module, and addresses of the test's own that it leaves clean.</summary>
public abstract class SharedMemoryCommandTests : IDisposable
{
    private readonly Engine _engine = new();

    protected SharedMemoryCommandTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "System V and POSIX shared memory as on Linux.");
        Key = string.Create(CultureInfo.InvariantCulture, $"0x{TestAddress.NextKey():x8}");
        Name = TestAddress.NextName();
        _engine.SetVariable("key", Key);
        _engine.SetVariable("name", Name);
    }

    /// <summary>A System V key, <c>$key</c> in scripts.</summary>
    protected string Key { get; }

    /// <summary>A POSIX name, <c>$name</c> in scripts.</summary>
    protected string Name { get; }

    public void Dispose()
    {
        // Also what a test made beside its own two: names with the prefix.
        _engine.Invoke("Remove-SharedMemory -Key $key -ErrorAction Ignore; Get-SharedMemory -Name \"$name*\" | Remove-SharedMemory");
        _engine.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void SetVariable(string name, object? value) => _engine.SetVariable(name, value);

    protected EngineResult Run(string script, params object?[] input) => _engine.Invoke(script, input);

    /// <summary>Runs a script, and stops it as Ctrl+C does once it has called <c>$begun.Set()</c>.</summary>
    protected Task Stop(string script) => _engine.StopAsync(script);

    /// <summary>Runs a script that must not fail, and gives its output as text.</summary>
    protected string[] Text(string script, params object?[] input)
    {
        EngineResult result = Run(script, input);
        Assert.Empty(result.Errors);
        return result.Text;
    }

    /// <summary>Runs a script that must give no output and this one error.</summary>
    protected ErrorRecord Fails(string script, string id, params string[] words)
    {
        EngineResult result = Run(script);
        Assert.Empty(result.Output);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.All(words, word => Assert.Contains(word, error.Exception.Message, StringComparison.Ordinal));
        return error;
    }
}
