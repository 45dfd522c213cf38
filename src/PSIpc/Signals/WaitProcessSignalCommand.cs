using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Waits until one of some signals comes to this process, and gives the one that came.</summary>
[Cmdlet(VerbsLifecycle.Wait, "ProcessSignal")]
[OutputType(typeof(ProcessSignal))]
public sealed class WaitProcessSignalCommand : IpcCommand
{
    /// <summary>Which signals: Interrupt, SIGINT, INT, 2; they do not end the process while they are waited for.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [SignalTransformation]
    public ProcessSignal[] Signal { get; set; } = [];

    /// <summary>How long to wait, in seconds and parts of them; 0 for one look, for ever unless given.</summary>
    [Parameter]
    [ValidateRange(0.0, double.MaxValue)]
    public double? TimeoutSec { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt(Signal, () =>
    {
        using var progress = new ThrottledProgress(this, $"Signal {string.Join(", ", Signal)}", TimeoutSec);
        WriteObject(ProcessSignals.Wait(Signal, Seconds(TimeoutSec), progress, StopToken));
    });
}
