using System.Runtime.InteropServices;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using PSIpc.Bench.Micro;
using Perfolizer.Horology;

// PSIpc.Bench.Micro FOLDER [--quick]: measures the library's parts, and leaves the tables in the folder.
// In this process: another would be built outside the checkout, without its settings.
// Counted iterations: on a busy machine the error would not get small enough to end by itself.
Job whole = Job.Default.WithWarmupCount(5).WithIterationCount(15).WithIterationTime(TimeInterval.FromMilliseconds(250));
Job job = (args.Contains("--quick") ? Job.Dry : whole).WithToolchain(InProcessEmitToolchain.Instance);

// A signal ends the process as ever, and first what it made.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => SharedMemoryParts.RemoveObjects());
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => SharedMemoryParts.RemoveObjects());

IConfig config = ManualConfig.CreateEmpty()
    .AddJob(job)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddExporter(MarkdownExporter.GitHub)
    .AddLogger(ConsoleLogger.Default)
    .WithArtifactsPath(args[0]);
Summary summary = BenchmarkRunner.Run<SharedMemoryParts>(config);
return summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success) ? 1 : 0;
