using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests.Shell;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-Help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public async Task Help_shows_the_usage(string option)
    {
        ProcessResult result = await Psipc.RunAsync(option);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("psipc [options] [script.ps1 [arguments]]", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    public async Task Version_is_the_manifests(string option)
    {
        ProcessResult result = await Psipc.RunAsync(option);

        string version = result.Output.Split(' ')[1].Trim();
        Assert.Contains($"'{version}'", await File.ReadAllTextAsync(Repository.Manifest, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("'-Unknown' is not an option.", "-Unknown")]
    [InlineData("-Command needs a command.", "-Command")]
    [InlineData("-File needs a script.", "-File")]
    [InlineData("-Command - takes nothing after it.", "-c", "-", "1")]
    [InlineData("The script 'none.ps1' does not exist.", "none.ps1")]
    [InlineData("The script 'none.ps1' does not exist.", "-NoProfile", "-File", "none.ps1")]
    public async Task Wrong_arguments_end_with_64(string message, params string[] arguments)
    {
        ProcessResult result = await Psipc.RunAsync(arguments);

        Assert.Equal((64, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_joins_the_rest_of_the_line()
    {
        ProcessResult result = await Psipc.RunAsync("-NoLogo", "-NoProfile", "-NonInteractive", "-c", "1", "+", "2;", "'-File'");

        Assert.Equal(new ProcessResult(0, $"3{Environment.NewLine}-File{Environment.NewLine}", ""), result);
    }

    [Theory]
    [InlineData(4, "exit 4")]
    [InlineData(0, "1")]
    [InlineData(1, "throw 'x'; 3")]
    [InlineData(1, "if (")]
    [InlineData(1, "Get-Nothing")]
    [InlineData(0, "Get-Nothing; 3")]
    [InlineData(1, "& ([Environment]::ProcessPath) -c 'exit 3'")]
    [InlineData(3, "& ([Environment]::ProcessPath) -c 'exit 3'; exit $LASTEXITCODE")]
    public async Task Command_ends_as_its_last_statement_or_its_exit_says(int exitCode, string command)
    {
        ProcessResult result = await Psipc.RunAsync("-Command", command);

        Assert.Equal(exitCode, result.ExitCode);
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(7, "exit 7")]
    [InlineData(6, "function Stop { exit 6 }; Stop")]
    [InlineData(0, "Get-Nothing")]
    [InlineData(0, "Get-Nothing; exit 0")]
    [InlineData(1, "throw 'x'")]
    [InlineData(1, "if (")]
    [InlineData(0, "& ([Environment]::ProcessPath) -c 'exit 3'")]
    public async Task Script_ends_with_0_unless_it_exits_or_is_ended_by_an_error(int exitCode, string script)
    {
        using var folder = new TemporaryFolder();

        ProcessResult result = await Psipc.RunAsync("-File", folder.Write("script.ps1", script));

        Assert.Equal(exitCode, result.ExitCode);
    }
}
