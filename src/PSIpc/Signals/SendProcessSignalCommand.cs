using System.Management.Automation;
using PSIpc.Signals;

namespace PSIpc.Commands;

/// <summary>Sends a signal to processes.</summary>
[Cmdlet(VerbsCommunications.Send, "ProcessSignal", SupportsShouldProcess = true, DefaultParameterSetName = IdSet)]
public sealed class SendProcessSignalCommand : IpcCommand
{
    private const string IdSet = "Id";
    private const string InputObjectSet = "InputObject";

    /// <summary>The ids of processes.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = IdSet)]
    [NotNullArgument]
    [Alias("ProcessId", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>A process, what Get-SharedMemory gave (its creator is meant), an object with a ProcessId, or a plain id.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    public PSObject? InputObject { get; set; }

    /// <summary>Which signal: Interrupt, SIGINT, INT, 2.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = IdSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = InputObjectSet)]
    [NotNullArgument]
    [SignalTransformation]
    public ProcessSignal Signal { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (int id in Id)
        {
            RunItem(id, () => Send(SignalTarget.Open(id)));
        }

        if (InputObject is { } given)
        {
            RunItem(given, () => Send(ObjectProcess.Open(given)));
        }
    }

    private void Send(SignalTarget opened)
    {
        using SignalTarget target = opened;
        if (ShouldProcess($"process {target.ProcessId}", $"Send {Signal} ({SignalNames.PosixName(Signal)})"))
        {
            target.Send(Signal);
            WriteVerbose($"Sent {Signal} ({SignalNames.PosixName(Signal)}) to process {target.ProcessId}.");
        }
    }
}
