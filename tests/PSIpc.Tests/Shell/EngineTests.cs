using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests.Shell;

public sealed class EngineTests
{
    [Fact]
    public async Task PSIpc_is_imported_from_beside_the_command()
    {
        string module = Path.Combine(Path.GetDirectoryName(Repository.Psipc)!, "Modules", "PSIpc");

        ProcessResult result = await Psipc.RunAsync("-c", "(Get-Module PSIpc).ModuleBase; $env:PSModulePath");

        string[] lines = result.Output.Split(Environment.NewLine);
        Assert.Equal(module, lines[0]);
        Assert.Contains(Path.GetDirectoryName(module), lines[1].Split(Path.PathSeparator));
    }

    [Theory]
    [InlineData("psipc", "$Host.Name")]
    [InlineData("0.1.0", "$Host.Version.ToString(3)")]
    [InlineData("False", "$Host.UI.SupportsVirtualTerminal")]
    [InlineData("80", "$Host.UI.RawUI.WindowSize.Width")]
    [InlineData("True", "$Host.CurrentCulture.Equals([cultureinfo]::CurrentCulture)")]
    [InlineData("unset", "$env:POWERSHELL_TELEMETRY_OPTOUT ?? 'unset'")]
    public async Task The_host_describes_itself(string expected, string command)
    {
        ProcessResult result = await ChildProcess.RunAsync(
            Repository.Psipc,
            ["-c", command],
            "",
            new Dictionary<string, string?> { ["COLUMNS"] = null, ["POWERSHELL_TELEMETRY_OPTOUT"] = null });

        Assert.Equal(new ProcessResult(0, expected + Environment.NewLine, ""), result);
    }

    [Fact]
    public async Task A_script_can_start_a_second_process_with_it()
    {
        ProcessResult result = await Psipc.RunAsync("-c", "& ([Environment]::ProcessPath) -NoProfile -c '$PID'; $PID");

        string[] ids = result.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, ids.Distinct().Count());
    }
}
