using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests.Shell;

public sealed class ScriptArgumentTests : IDisposable
{
    private const string Parameters =
        "param([string]$Name, [switch]$Loud, [int]$Count = 1, [Parameter(ValueFromRemainingArguments)]$Rest)" + "\n"
        + "\"$Name|$Loud|$Count|$($Rest -join ',')\"";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("|False|1|")]
    [InlineData("a|True|3|b,c", "-Name", "a", "-Loud", "-Count", "3", "b", "c")]
    [InlineData("a|False|5|", "a", "-Loud:$false", "5")]
    [InlineData("|True|1|", "-Loud:true")]
    [InlineData("it's|False|1|", "-name:", "it's")]
    [InlineData("a b|False|-4|", "-Name:a b", "-Count", "-4")]
    [InlineData("$(1)|False|1|", "$(1)")]
    public async Task Parameters_bind_as_at_a_prompt(string expected, params string[] arguments)
    {
        ProcessResult result = await Psipc.RunAsync(["-File", _folder.Write("script.ps1", Parameters), .. arguments]);

        Assert.Equal(new ProcessResult(0, expected + Environment.NewLine, ""), result);
    }

    [Fact]
    public async Task What_does_not_convert_is_an_error()
    {
        ProcessResult result = await Psipc.RunAsync(_folder.Write("script.ps1", Parameters), "-Count", "many");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("'Count'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Args_hold_everything_where_there_are_no_parameters()
    {
        string script = _folder.Write("script.ps1", "$args -join '|'");

        ProcessResult result = await Psipc.RunAsync(script, "a", "-b", "c", "--d", "-5", "", "e f", "@g", "-");

        Assert.Equal("a|-b|c|--d|-5||e f|@g|-" + Environment.NewLine, result.Output);
    }

    [Fact]
    public async Task A_script_knows_where_it_is()
    {
        string script = _folder.Write("odd [1] 'name' $x.ps1", "$PSScriptRoot; $PSCommandPath; $MyInvocation.InvocationName; [Environment]::ProcessPath");

        ProcessResult result = await Psipc.RunAsync(script);

        Assert.Equal([_folder.FullPath, script, script, Repository.Psipc], result.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_script_without_an_extension_runs_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no scripts without an extension.");

        ProcessResult result = await Psipc.RunAsync(_folder.Write("script", $"#!{Repository.Psipc}\n\"ran $args\"; exit 5"), "a");

        Assert.Equal(new ProcessResult(5, "ran a" + Environment.NewLine, ""), result);
    }
}
