using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The module comes, goes and comes again, and leaves a session as it was.</summary>
public sealed class ModuleTests
{
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

    [Fact]
    public async Task An_import_leaves_no_variable_alias_or_function() =>
        Assert.Equal("True\n20\n0\n", await Run("""
            $before = @(Names)
            Import-Module $manifest
            $after = @(Names)
            $before.Count -gt 40
            @(Get-Command -Module PSIpc).Count
            @($after | Where-Object { $_ -notin $before }).ForEach{ "left: $_" }
            @($after | Where-Object { $_ -notin $before }).Count
            """));

    [Fact]
    public async Task Remove_Module_takes_all_of_it_and_another_import_works() =>
        Assert.Equal("Stopped\n0\n0\nTrue again\nListening\n", await Run("""
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

    [Fact]
    public async Task The_manifest_is_valid() =>
        Assert.Equal("PSIpc 20 0 0 0\n", await Run("""
            $module = Test-ModuleManifest $manifest -WarningAction Stop
            "$($module.Name) $($module.ExportedCmdlets.Count) $($module.ExportedFunctions.Count) $($module.ExportedAliases.Count) $($module.ExportedVariables.Count)"
            """));

    private static async Task<string> Run(string script)
    {
        ProcessResult result = await Pwsh.RunAsync(Prelude + script);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output.ReplaceLineEndings("\n");
    }
}
