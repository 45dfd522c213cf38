using System.Management.Automation;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Detaches what Connect-SharedMemory attached; the memory itself stays. A second time does nothing.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "SharedMemory")]
public sealed class DisconnectSharedMemoryCommand : IpcCommand
{
    /// <summary>Views that Connect-SharedMemory gave.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public SharedMemoryView[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (SharedMemoryView view in InputObject)
        {
            bool wasClosed = view.IsClosed;
            view.Dispose();
            WriteVerbose($"{view}: {(wasClosed ? "was detached before" : $"detached by {SystemCallNames.ForClose(view.Address.Kind)}")}.");
        }
    }
}
