using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Gives back the locks that this process has.</summary>
[Cmdlet(VerbsCommon.Unlock, "SharedMemory", DefaultParameterSetName = KeySet)]
public sealed class UnlockSharedMemoryCommand : ExistingSharedMemoryCommand
{
    private protected override void Process(IpcAddress address)
    {
        SharedMemoryObject.Unlock(address);
        Explain($"Unlocked {address}: gave back {SharedMemoryText.Lock(address.Kind)}.");
    }
}
