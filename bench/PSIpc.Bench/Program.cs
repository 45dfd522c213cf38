using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

internal static class Program
{
    private const int UsageError = 64;
    private const int Interrupted = 130;

    private static readonly long s_begun = Stopwatch.GetTimestamp();

    private static int Main(string[] args)
    {
        Options options;
        try
        {
            options = Options.Parse(args, Path.Combine(Repository.Root, "docs"));
        }
        catch (ArgumentException exception)
        {
            Console.Error.WriteLine($"{exception.Message} Try --help.");
            return UsageError;
        }

        if (options.ShowsHelp)
        {
            Console.WriteLine(Options.Help);
            return 0;
        }

        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The bench measures on Linux: its peers are Linux programs.");
            return 1;
        }

        if (options.OwnNamespace)
        {
            IpcNamespace.RaiseLimit();
        }
        else if (!options.List)
        {
            IpcNamespace.Enter(args);
        }

        try
        {
            if (options.Install)
            {
                Programs.Install();
            }

            if (options.Micro)
            {
                Console.WriteLine(MicroBenchmarks.Run(options));
                return 0;
            }

            return Run(options);
        }
        catch (InvalidOperationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static int Run(Options options)
    {
        using var bench = new Workbench(options);
        Family[] families =
        [
            new SharedMemoryRows(bench),
            new CopyRows(bench),
            new LayoutRows(bench),
            new ListingRows(bench),
            new EchoServerRows(bench),
            new IdleConnectionRows(bench),
            new EchoClientRows(bench),
            new ImportRows(bench),
        ];
        Benchmark[] benchmarks = [.. families.SelectMany(family => family.Benchmarks).Where(row => options.Only.IsMatch(row.Name))];
        Growth[] growths = [.. families.SelectMany(family => family.Growths).Where(growth => options.Only.IsMatch(growth.Name))];
        if (options.List)
        {
            Console.WriteLine(string.Join('\n', [.. benchmarks.Select(row => row.Name), .. growths.Select(growth => growth.Name)]));
            return 0;
        }

        if (benchmarks.Length + growths.Length == 0)
        {
            Console.Error.WriteLine($"No name fits '{options.Only}'. Try --list.");
            return UsageError;
        }

        // A signal ends the bench after the row that runs, so that what it made goes with it.
        bool stopped = false;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = stopped = true);
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = stopped = true);
        string load = Machine.Load;
        Row[] rows = [.. benchmarks.TakeWhile(_ => !stopped).Select(Measure)];
        GrowthResult[] results = [.. growths.TakeWhile(_ => !stopped).Select(Measure)];
        if (stopped)
        {
            return Interrupted;
        }

        var report = new Report(rows, results);
        Console.WriteLine(report.Table);
        foreach (GrowthResult growth in report.Growths)
        {
            Console.WriteLine($"{growth.Growth.Name}: {growth.Growth.Title}; beside: {growth.Growth.Beside}\n\n{Report.GrowthTable(growth)}");
        }

        Say("Missing", report.Missing);
        Say("FAILED", report.Failures);
        if (options.Folder is { } folder)
        {
            Document.Write(folder, report, MicroBenchmarks.Run(options), load);
            Console.WriteLine($"Written to {folder}.");
        }

        return report.Failures.Count == 0 ? 0 : 1;
    }

    private static Row Measure(Benchmark benchmark)
    {
        Progress(benchmark.Name);
        return Row.Measure(benchmark);
    }

    private static GrowthResult Measure(Growth growth)
    {
        Progress(growth.Name);
        return GrowthResult.Measure(growth);
    }

    private static void Progress(string name) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(s_begun).TotalSeconds,6:F1} s  {name}"));

    private static void Say(string what, IReadOnlyList<string> items)
    {
        foreach (string item in items)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {item}"));
        }
    }
}
