using System.Globalization;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>The cost of importing the module, each time in a fresh pwsh.</summary>
internal sealed class ImportRows(Workbench bench) : Family(bench)
{
    // The DLL alone, as the goal has it, and with a manifest and a view: the engine's own cost for any module that has these.
    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        Import("import", "OneCmdlet.dll", calls: false),
        Import("import-first-call", "OneCmdlet.dll", calls: true),
        Import("import-manifest", "OneCmdlet.psd1", calls: false),
    ];

    private Benchmark Import(string name, string peer, bool calls) => new(
        name,
        $"Import-Module{(calls ? " and the first Read-SharedMemory" : "")}, in a fresh pwsh",
        $"a module of one cmdlet{(peer.EndsWith(".psd1", StringComparison.Ordinal) ? ", with a manifest and a view" : "")}{(calls ? " and its first call" : "")}",
        Goal.AtMost(1.5, 0.06),
        () =>
        {
            string own = $"Import-Module '{Repository.Manifest}'{(calls ? $"; $null = Read-SharedMemory -Name {Bench.Text.Name}" : "")}";
            string theirs = $"Import-Module '{Path.GetFullPath(Programs.Built("OneCmdlet", peer))}'{(calls ? "; $null = Get-Constant" : "")}";
            return new Outcome(Alternation.Run(Unit.Seconds, Options.Pick(1, 0), Options.Pick(15, 2), () => Time(own), () => Time(theirs)));
        });

    private static double Time(string script)
    {
        string output = Programs.Run(
            Pwsh.Path,
            "-NoProfile",
            "-NonInteractive",
            "-c",
            $"$clock = [Diagnostics.Stopwatch]::StartNew(); {script}; $clock.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)");
        return double.Parse(output, CultureInfo.InvariantCulture) / 1000;
    }
}
