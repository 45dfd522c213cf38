using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Shows how much shared memory this system allows and how much is in use.</summary>
[Cmdlet(VerbsCommon.Get, "SharedMemoryLimit")]
[OutputType(typeof(SharedMemoryLimit))]
public sealed class GetSharedMemoryLimitCommand : IpcCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(PSIpc.SharedMemory.GetLimit());
}
