using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Removes shared memory: a segment goes when the last process detaches, an object's name goes at once, a section with the last process that holds it.</summary>
[Cmdlet(VerbsCommon.Remove, "SharedMemory", SupportsShouldProcess = true, DefaultParameterSetName = KeySet)]
public sealed class RemoveSharedMemoryCommand : ExistingSharedMemoryCommand
{
    private protected override void Process(SharedMemoryAddress address)
    {
        if (ShouldProcess(address.ToString(), "Remove shared memory"))
        {
            string what = IsVerbose ? SharedMemoryText.Of(address) : "";
            PSIpc.SharedMemory.Remove(address);
            Explain($"{SharedMemoryText.Remove(address.Kind)}: removed {what}.");
        }
    }
}
