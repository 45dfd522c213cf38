using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The module comes, goes and comes again, and leaves a session as it was.</summary>
public sealed class ModuleTests
{
    // In the language alone, so that it runs in psipc, too; which has imported the module by then.
    private static readonly string Prelude = $$"""
        $ErrorActionPreference = 'Stop'
        $manifest = '{{Repository.Manifest}}'
        $before = $after = $provider = $name = $null
        function Names {
            foreach ($provider in 'variable', 'alias', 'function', 'env') {
                foreach ($name in $ExecutionContext.InvokeProvider.Item.Get("${provider}:*").ForEach{ $_.Name ?? $_.Key }) { "${provider}:$name" }
            }
        }
        Remove-Module PSIpc -ErrorAction Ignore

        """;

    public static TheoryData<string> Shells => ["psipc", "pwsh"];

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task An_import_leaves_no_variable_alias_or_function(string shell) =>
        Assert.Equal("True\n20\n0\n", await Run(shell, """
            $before = @(Names)
            Import-Module $manifest
            $after = @(Names)
            $before.Count -gt 40
            @(Get-Command -Module PSIpc).Count
            @($after | Where-Object { $_ -notin $before }).ForEach{ "left: $_" }
            @($after | Where-Object { $_ -notin $before }).Count
            """));

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Remove_Module_takes_all_of_it_and_another_import_works(string shell) =>
        Assert.Equal("Stopped\n0\n0\nTrue again\nListening\n", await Run(shell, """
            Import-Module $manifest
            $before = @(Names)
            $first = Start-EchoServer
            Remove-Module PSIpc
            "$($first.State)"
            @(Get-Module PSIpc).Count
            @(Names | Where-Object { $_ -notin $before -and $_ -ne 'variable:first' }).Count
            Import-Module $manifest
            $second = Start-EchoServer
            $reply = $second | Send-EchoMessage 'again'
            "$($reply.Matches) $($reply.Reply)"
            "$((Get-EchoServer).State)"
            $second | Stop-EchoServer
            """));

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task The_manifest_is_valid(string shell) =>
        Assert.Equal("PSIpc 20 0 0 0\n", await Run(shell, """
            $module = Test-ModuleManifest $manifest -WarningAction Stop
            "$($module.Name) $($module.ExportedCmdlets.Count) $($module.ExportedFunctions.Count) $($module.ExportedAliases.Count) $($module.ExportedVariables.Count)"
            """));

    private static async Task<string> Run(string shell, string script)
    {
        ProcessResult result = shell == "psipc"
            ? await Psipc.RunAsync("-NoProfile", "-c", Prelude + script)
            : await Pwsh.RunAsync(Pwsh.Require(), Prelude + script);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output.ReplaceLineEndings("\n");
    }
}
