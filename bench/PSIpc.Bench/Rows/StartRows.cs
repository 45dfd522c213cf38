using System.Diagnostics;
using System.Globalization;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>What starting costs, in fresh processes.</summary>
internal sealed class StartRows(Workbench bench) : Family(bench)
{
    internal override IEnumerable<Benchmark> Benchmarks =>
    [
        Import("import", "in the engine alone", InEngine, calls: false),
        Import("import-first-call", "in the engine alone", InEngine, calls: true),
        Import("import-pwsh", "in pwsh", InPwsh, calls: false),
        Import("import-first-call-pwsh", "in pwsh", InPwsh, calls: true),
        new("start", "psipc -c 1", "an empty .NET program", Goal.AtMost(6), () => Start(Programs.Built("EmptyProgram", "EmptyProgram"))),
        new("start-pwsh", "psipc -c 1", "pwsh -NoProfile -c 1", Goal.Ahead, () => Start(Programs.Pwsh(), "-NoProfile", "-c", "1")),
    ];

    private int Rounds => Options.Pick(15, 2);

    private int WarmUps => Options.Pick(1, 0);

    private Benchmark Import(string name, string where, Func<string, double> run, bool calls) => new(
        name,
        $"Import-Module{(calls ? " and the first Read-SharedMemory" : "")}, in a fresh process, {where}",
        $"a module of one cmdlet{(calls ? " and its first call" : "")}",
        Goal.AtMost(1.5, 0.06),
        () =>
        {
            string own = $"Import-Module '{Repository.Manifest}'{(calls ? $"; $null = Read-SharedMemory -Name {Bench.Text.Name}" : "")}";
            string peer = $"Import-Module '{Path.GetFullPath(Programs.Built("OneCmdlet", "OneCmdlet.dll"))}'{(calls ? "; $null = Get-Constant" : "")}";
            return new Outcome(Alternation.Run(Unit.Seconds, WarmUps, Rounds, () => run(own), () => run(peer)));
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
