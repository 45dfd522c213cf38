using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Attaches shared memory and gives a view of it, which belongs to the caller and stays attached until Disconnect-SharedMemory.</summary>
[Cmdlet(VerbsCommunications.Connect, "SharedMemory", DefaultParameterSetName = KeySet)]
[OutputType(typeof(SharedMemoryView))]
public sealed class ConnectSharedMemoryCommand : ExistingSharedMemoryCommand
{
    private readonly ViewOwner _views = new();
    private bool _isDelivering;

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
        catch (Exception exception) when (!(_isDelivering && exception is FlowControlException or PipelineStoppedException))
        {
            // The pipeline failed, so nobody keeps what this cmdlet gave. An end while a view is taken over may be Select-Object's or
            // a break, after which the caller has it: the engine does not tell that from a failure downstream, so the view lives on.
            _views.Close();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _views.Close();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // A pipeline may be over before the stop has reached every command in it.
        if (Stopping)
        {
            _views.Close();
        }

        base.Dispose(disposing);
    }

    private protected override void Process(SharedMemoryAddress address)
    {
        SharedMemoryView view = _views.Add(PSIpc.SharedMemory.Open(address, ReadOnly ? SharedMemoryAccess.Read : SharedMemoryAccess.ReadWrite));
        Explain($"{SharedMemoryText.Open(view.Kind)}: attached {SharedMemoryText.Of(view.ExactAddress)}, for {(ReadOnly ? "reading" : "reading and writing")}.");
        _isDelivering = true;
        WriteObject(view);
        _isDelivering = false;
    }
}
