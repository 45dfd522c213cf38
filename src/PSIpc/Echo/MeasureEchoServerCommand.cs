using System.Management.Automation;
using PSIpc.Echo.Load;
using PSIpc.Echo.Server;
using PSIpc.Sockets;

namespace PSIpc.Commands;

/// <summary>Keeps connections to an echo server busy and measures: rate, throughput, latencies, errors by kind.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "EchoServer", DefaultParameterSetName = AddressSet)]
[OutputType(typeof(EchoMeasurement))]
public sealed class MeasureEchoServerCommand : EchoClientCommand
{
    private const int ProgressMilliseconds = 250;

    /// <summary>How many connections are kept busy, each with one message at a time; 1 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    public int Connection { get; set; } = 1;

    /// <summary>The size of a message in bytes; 64 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    public int MessageBytes { get; set; } = 64;

    /// <summary>How long to measure, in seconds; 10 unless this or -Count is given.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0.0, MaxSeconds)]
    public double? DurationSec { get; set; }

    /// <summary>How many exchanges to make.</summary>
    [Parameter]
    [NotNullArgument]
    public long? Count { get; set; }

    /// <summary>The time for one exchange, in seconds, after which it has failed; 10 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0.0, MaxSeconds)]
    public double TimeoutSec { get; set; } = 10;

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunItem(Server, () =>
    {
        if (Server?.Mode == nameof(EchoMode.Message))
        {
            throw new IpcException(
                IpcErrorReason.EchoOptionInvalid, "A server in Message mode answers when its client has finished, and a measurement goes "
                    + "on: start it with -EchoMode Stream.");
        }

        SocketEndpoint endpoint = ReadEndpoint();
        using var trace = new VerboseTrace(this);
        var last = new LastReport();
        var options = new EchoLoadOptions
        {
            Connections = Connection,
            MessageBytes = MessageBytes,
            Duration = DurationSec is { } seconds ? Seconds(seconds) : null,
            Count = Count,
            ConnectTimeout = Seconds(ConnectTimeoutSec),
            ExchangeTimeout = Seconds(TimeoutSec),
            SkipCertificateCheck = SkipCertificateCheck,
            Progress = last,
            Trace = trace.Progress,
        };

        // The load has a thread of its own; this one may write progress.
        Task<EchoMeasurement> load = EchoLoad.RunAsync(endpoint, options, StopToken);
        using var progress = new ThrottledProgress(this, $"Measuring {endpoint}");
        while (!((IAsyncResult)load).AsyncWaitHandle.WaitOne(ProgressMilliseconds))
        {
            if (last.Value is { } told && !StopToken.IsCancellationRequested)
            {
                progress.Report(told.Fraction, () => $"{told.Rate:N0} exchanges/s, {told.Errors:N0} errors");
            }
        }

        EchoMeasurement measurement = load.GetAwaiter().GetResult();
        StopToken.ThrowIfCancellationRequested();
        trace.Dispose();
        WriteVerbose($"{measurement.Exchanges} exchanges and {measurement.ErrorCount} errors in {Display.Time(measurement.Duration)}.");
        WriteObject(measurement);
    });

    /// <summary>Keeps what the load told last, for the cmdlet's thread.</summary>
    private sealed class LastReport : IProgress<EchoLoadProgress>
    {
        private readonly object _reporting = new();
        private EchoLoadProgress? _value;

        internal EchoLoadProgress? Value
        {
            get
            {
                lock (_reporting)
                {
                    return _value;
                }
            }
        }

        public void Report(EchoLoadProgress value)
        {
            lock (_reporting)
            {
                _value = value;
            }
        }
    }
}
