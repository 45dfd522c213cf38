using System.Diagnostics;
using System.Management.Automation;
using PSIpc.Signals;

namespace PSIpc.Commands;

/// <summary>Waits until one of some signals comes to this process, and gives the one that came.</summary>
[Cmdlet(VerbsLifecycle.Wait, "ProcessSignal")]
[OutputType(typeof(ProcessSignal))]
public sealed class WaitProcessSignalCommand : IpcCommand
{
    /// <summary>Which signals: Interrupt, SIGINT, INT, 2; they do not end the process while they are waited for.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [NotNullArgument]
    [ValidateNotNullOrEmpty]
    [SignalTransformation]
    public ProcessSignal[] Signal { get; set; } = [];

    /// <summary>How long to wait, in seconds and parts of them; 0 for one look, for ever unless given.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0.0, double.MaxValue)]
    public double? TimeoutSec { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunItem(Signal, () =>
    {
        using var progress = new ThrottledProgress(this, $"Signal {string.Join(", ", Signal)}", TimeoutSec);
        WriteVerbose($"Process {Environment.ProcessId} waits for {string.Join(", ", Signal)}, "
            + $"{(TimeoutSec is { } limit ? $"at most {limit} s" : "for ever")}.");
        long begun = Stopwatch.GetTimestamp();
        ProcessSignal came = ProcessSignals.Wait(Signal, Seconds(TimeoutSec), progress, StopToken);
        WriteVerbose($"{came} ({SignalNames.PosixName(came)}) came after {Display.Time(Stopwatch.GetElapsedTime(begun))}.");
        WriteObject(came);
    });
}
