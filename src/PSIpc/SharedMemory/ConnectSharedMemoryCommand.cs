using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>
/// Attaches shared memory and gives a view of it, which belongs to the caller and stays attached until Disconnect-SharedMemory.
/// </summary>
[Cmdlet(VerbsCommunications.Connect, "SharedMemory", DefaultParameterSetName = KeySet)]
[OutputType(typeof(SharedMemoryView))]
public sealed class ConnectSharedMemoryCommand : SharedMemoryCommand
{
    /// <summary>For reading only; enough for memory whose mode lets this user read and no more.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    private protected override void ProcessAddress(IpcAddress address)
    {
        SharedMemoryAccess access = ReadOnly ? SharedMemoryAccess.Read : SharedMemoryAccess.ReadWrite;
        SharedMemoryView view = Own(SharedMemoryObject.Open(address, access), static opened => opened.Dispose());
        WriteVerbose($"{SystemCallNames.ForOpen(view.Address.Kind)}: attached {SharedMemoryText.Of(view.ToExactAddress())}, for "
            + $"{(ReadOnly ? "reading" : "reading and writing")}.");
        Deliver(view);
    }
}
