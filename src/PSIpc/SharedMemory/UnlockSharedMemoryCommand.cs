using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Gives back the locks that this process has.</summary>
[Cmdlet(VerbsCommon.Unlock, "SharedMemory", DefaultParameterSetName = KeySet)]
public sealed class UnlockSharedMemoryCommand : SharedMemoryCommand
{
    private protected override void ProcessAddress(IpcAddress address)
    {
        SharedMemoryObject.Unlock(address);
        WriteVerbose($"Unlocked {address}: gave back {SystemCallNames.ForLock(address.Kind)}.");
    }
}
