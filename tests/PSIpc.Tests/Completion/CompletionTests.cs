using System.Management.Automation;
using Xunit;

namespace PSIpc.Tests;

/// <summary>What the Tab key proposes, asked of the engine's own <c>TabExpansion2</c>.</summary>
public sealed class CompletionTests : SharedMemoryCommandTests
{
    [Theory]
    [InlineData("Read-SharedMemory ")]
    [InlineData("Read-SharedMemory -Key ")]
    [InlineData("Get-SharedMemory -Key 0x")]
    [InlineData("Remove-SharedMemory ")]
    public void A_key_is_proposed_with_what_it_is(string line)
    {
        Text("$null = New-SharedMemory $key -Size 1KB -Mode 0640");

        CompletionResult key = Assert.Single(Complete(line), result => result.CompletionText == Key);

        Assert.Matches($@"^shmid \d+, 1 KB, rw-r-----, \S+, 0 attached, creator {Environment.ProcessId}$", key.ToolTip);
    }

    [Fact]
    public void A_key_is_found_by_its_decimal_digits_too()
    {
        Text("$null = New-SharedMemory $key -Size 8");
        string digits = $"{Convert.ToInt32(Key, 16)}";

        Assert.Equal([Key], Texts($"Wait-SharedMemory {digits}"));
    }

    [Fact]
    public void An_id_and_a_name_are_proposed()
    {
        string id = Assert.Single(Text("(New-SharedMemory $key -Size 8).Id; $null = New-SharedMemory -Name $name -Size 2KB; $null = New-SharedMemory -Name \"$name with 'quotes'\" -Size 8"));

        Assert.Contains(id, Texts("Lock-SharedMemory -Id "));
        CompletionResult[] names = Complete($"Write-SharedMemory -Name {Name}");
        Assert.Equal([$"'{Name} with ''quotes'''", Name], names.Select(result => result.CompletionText).Order(StringComparer.Ordinal));
        Assert.Contains(names, result => result.ToolTip.StartsWith("POSIX object, 2 KB, rw-------", StringComparison.Ordinal));
        Assert.Contains(Name, Texts($"Read-SharedMemory -Name '{Name}"));
    }

    [Fact]
    public void Servers_are_proposed_by_number_port_and_pipe()
    {
        string[] started = Text("""
            $servers = @(Start-EchoServer; Start-EchoServer -PipeName $name; Start-EchoServer -Path "/tmp/$name.sock")
            $servers.Id; $servers[0].Port
            """);
        try
        {
            CompletionResult server = Assert.Single(Complete("Stop-EchoServer "), result => result.CompletionText == started[0]);
            Assert.Equal($"server {started[0]} on tcp://127.0.0.1:{started[3]}: Stream, Listening, 0 connections", server.ToolTip);
            Assert.Contains(started[1], Texts("Get-EchoServer -Id "));
            Assert.Contains(started[3], Texts("Send-EchoMessage x -Port "));
            Assert.Contains($"tcp://127.0.0.1:{started[3]}", Texts("Send-EchoMessage x -Endpoint tcp"));
            Assert.Equal([Name], Texts($"Measure-EchoServer -PipeName {Name}"));
            Assert.Contains($"/tmp/{Name}.sock", Texts("Send-EchoMessage x -Path "));
        }
        finally
        {
            Text("$servers | Stop-EchoServer");
        }
    }

    [Theory]
    [InlineData("Send-ProcessSignal 1 Int", "Interrupt")]
    [InlineData("Wait-ProcessSignal -Signal termina", "TerminalInput TerminalOutput TerminalStop Terminate")]
    [InlineData("Start-EchoServer -EchoMode ", "Message Stream")]
    [InlineData("Start-EchoServer -Fault Res", "@{ ResetAfterBytes = 100 }")]
    [InlineData("Read-SharedMemory 1 -As Int3", "Int32")]
    [InlineData("Read-SharedMemory 1 -Encoding la", "latin1")]
    [InlineData("Send-EchoMessage x -Encoding bigendianu", "bigendianunicode bigendianutf32")]
    [InlineData("Read-SharedMemory 1 -Layout 'int3", "'int32_t ")]
    [InlineData("Read-SharedMemory 1 -Layout 'int32_t id; dou", "'int32_t id; double ")]
    [InlineData("Read-SharedMemory 1 -Layout 'int32_t i", "")]
    public void Words_are_proposed(string line, string expected) =>
        Assert.Equal(expected, string.Join(' ', Texts(line)));

    [Fact]
    public void A_struct_of_this_session_is_a_layout()
    {
        // As Add-Type loads what it has compiled.
        System.Reflection.Assembly.Load(File.ReadAllBytes(typeof(CompletedPoint).Assembly.Location));

        CompletionResult point = Complete("Write-SharedMemory 1 -Layout CompletedP")[0];
        Assert.Equal(("PSIpc.Tests.CompletedPoint", "struct of 2 fields"), (point.CompletionText, point.ToolTip));
    }

    [Fact]
    public void A_process_is_found_by_its_name()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();

        Assert.Contains($"{Environment.ProcessId}", Texts($"Send-ProcessSignal {self.ProcessName}"));
    }

    [Fact]
    public void Every_completion_of_every_parameter_is_asked_with_nonsense_and_none_throws()
    {
        foreach (PSObject found in Run("(Get-Command -Module PSIpc).ForEach({ $c = $_; $_.Parameters.Keys.ForEach({ \"$($c.Name) -$_ \" }) })").Output)
        {
            foreach (string word in (string[])["", "'", "\"", "*", "-1", "0x", "$", "ftok:", "''';{ "])
            {
                Complete($"{found}{word}");
            }
        }
    }

    [Theory]
    [InlineData("Key")]
    [InlineData("Shmid")]
    [InlineData("SharedMemoryName")]
    [InlineData("EchoServerId")]
    [InlineData("EchoPort")]
    [InlineData("EchoEndpoint")]
    [InlineData("EchoPipe")]
    [InlineData("EchoPath")]
    [InlineData("EchoFault")]
    [InlineData("ProcessId")]
    [InlineData("Encoding")]
    [InlineData("Layout")]
    public void A_completer_asked_with_nothing_at_all_does_not_throw(string name) =>
        Text($"$null = [PSIpc.Commands.{name}Completer]::new().CompleteArgument($null, $null, $null, $null, $null)");

    private string[] Texts(string line) => [.. Complete(line).Select(result => result.CompletionText)];

    private CompletionResult[] Complete(string line)
    {
        SetVariable("line", line);
        EngineResult result = Run("(TabExpansion2 $line $line.Length).CompletionMatches");
        Assert.Empty(result.Errors);
        return [.. result.Output.Select(match => (CompletionResult)match.BaseObject)];
    }
}

/// <summary>A struct to be proposed.</summary>
public readonly record struct CompletedPoint(int X, int Y);
