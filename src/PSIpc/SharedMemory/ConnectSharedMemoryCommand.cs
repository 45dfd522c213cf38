using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Attaches shared memory and gives a view of it, which belongs to the caller and stays attached until Disconnect-SharedMemory.</summary>
[Cmdlet(VerbsCommunications.Connect, "SharedMemory", DefaultParameterSetName = KeySet)]
[OutputType(typeof(SharedMemoryView))]
public sealed class ConnectSharedMemoryCommand : ExistingSharedMemoryCommand
{
    private readonly ViewOwner _views = new();

    /// <summary>For reading only; enough for memory whose mode lets this user read and no more.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            base.ProcessRecord();
        }
        catch (Exception exception) when (exception is not FlowControlException)
        {
            // The pipeline failed, so nobody got what this cmdlet gave. Select-Object -First, break and return are no failures.
            _views.Close();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _views.Close();

    private protected override void Process(SharedMemoryAddress address) => WriteObject(
        _views.Add(PSIpc.SharedMemory.Open(address, ReadOnly ? SharedMemoryAccess.Read : SharedMemoryAccess.ReadWrite)));
}
