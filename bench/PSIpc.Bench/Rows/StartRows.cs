using System.Diagnostics;
using System.Globalization;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>What starting costs, in fresh processes.</summary>
internal sealed class StartRows(Workbench bench) : Family(bench)
{
    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        .. Imports("", "in the engine alone", InEngine),
        .. Imports("-pwsh", "in pwsh", InPwsh),
        new("start", "psipc -c 1", "an empty .NET program", Goal.AtMost(6), () => Start(Programs.Built("EmptyProgram", "EmptyProgram"))),
        new("start-engine", "psipc -c 1", "the same engine without a module", Goal.AtMost(1.2), () =>
            Start(Programs.Built("EngineHost", "EngineHost"), Path.GetDirectoryName(Repository.Psipc)!, "1")),
        new("start-pwsh", "psipc -c 1", "pwsh -NoProfile -c 1", Goal.Ahead, () => Start(Programs.Pwsh(), "-NoProfile", "-c", "1")),
    ];

    private int Rounds => Options.Pick(15, 2);

    private int WarmUps => Options.Pick(1, 0);

    // The DLL alone, as the goal has it, and with a manifest and a view: what any module that has these pays the engine for them.
    private IEnumerable<Benchmark> Imports(string suffix, string where, Func<string, double> run) =>
    [
        Import($"import{suffix}", where, run, "OneCmdlet.dll", calls: false),
        Import($"import-first-call{suffix}", where, run, "OneCmdlet.dll", calls: true),
        Import($"import-manifest{suffix}", where, run, "OneCmdlet.psd1", calls: false),
    ];

    private Benchmark Import(string name, string where, Func<string, double> run, string peer, bool calls) => new(
        name,
        $"Import-Module{(calls ? " and the first Read-SharedMemory" : "")}, in a fresh process, {where}",
        $"a module of one cmdlet{(peer.EndsWith(".psd1", StringComparison.Ordinal) ? ", with a manifest and a view" : "")}{(calls ? " and its first call" : "")}",
        Goal.AtMost(1.5, 0.06),
        () =>
        {
            string own = $"Import-Module '{Repository.Manifest}'{(calls ? $"; $null = Read-SharedMemory -Name {Bench.Text.Name}" : "")}";
            string theirs = $"Import-Module '{Path.GetFullPath(Programs.Built("OneCmdlet", peer))}'{(calls ? "; $null = Get-Constant" : "")}";
            return new Outcome(Alternation.Run(Unit.Seconds, WarmUps, Rounds, () => run(own), () => run(theirs)));
        });

    private static double InEngine(string script) =>
        Milliseconds(Programs.Run(Programs.Built("EngineHost", "EngineHost"), Path.GetDirectoryName(Repository.Psipc)!, script));

    private static double InPwsh(string script) => Milliseconds(Programs.Run(
        Programs.Pwsh(),
        "-NoProfile",
        "-NonInteractive",
        "-c",
        $"$clock = [Diagnostics.Stopwatch]::StartNew(); {script}; $clock.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)"));

    private static double Milliseconds(string output) => double.Parse(output, CultureInfo.InvariantCulture) / 1000;

    private Outcome Start(string program, params string[] arguments) =>
        new(Alternation.Run(Unit.Seconds, WarmUps, Rounds, () => Process(Repository.Psipc, "-c", "1"), () => Process(program, arguments)));

    private static double Process(string program, params string[] arguments)
    {
        long begun = Stopwatch.GetTimestamp();
        Programs.Run(program, arguments);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
