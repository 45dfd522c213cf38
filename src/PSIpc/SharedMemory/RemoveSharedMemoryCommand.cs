using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>
/// Removes shared memory: a segment goes when the last process detaches, an object's name goes at once, a section with the last process
/// that holds it.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "SharedMemory", SupportsShouldProcess = true, DefaultParameterSetName = KeySet)]
public sealed class RemoveSharedMemoryCommand : SharedMemoryCommand
{
    private protected override void ProcessAddress(IpcAddress address)
    {
        if (ShouldProcess(address.ToString(), "Remove shared memory"))
        {
            string what = IsVerbose ? SharedMemoryText.Of(address) : "";
            SharedMemoryObject.Remove(address);
            WriteVerbose($"{SystemCallNames.ForRemove(address.Kind)}: removed {what}.");
        }
    }
}
